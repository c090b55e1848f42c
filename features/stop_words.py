"""Words that say nothing of what a ticket is about, by language: for names and titles, never for learning.

Articles, pronouns, auxiliaries, prepositions, and what all who write to a helpdesk say (help, problem,
thanks). Written for this file; small letters, without apostrophes. A language without a list has none.
"""

__all__ = ["stop_words"]

_ENGLISH = """
a able about above advance after afternoon again against ago all almost alone along already also although
always am an and another any anybody anymore anyone anything anyway anyways appreciate appreciated apr april
are around as ask asked at aug august away back be because been before behind being below best better between
both but by came can cannot cant cheers come comes coming could couldnt currently day days dear dec december
did didnt do does doesnt doing done dont down each edited either else especially etc even evening ever every
everyone everything exactly feb february few fine first for found friday from further get gets getting give
given go goes going gone good got great had hadnt happen happened happening happens hard has hasnt have havent
having he hello help helped helpful her here hers hey hi him his hope how however i id if ill im in instead
into is isnt issue issues it its itself ive jan january jul july jun june just keep keeps kind know known last
later least less let lets like little long look looking looks lot made make makes making many mar march may
maybe me mean means might mine monday months more morning most much must my myself near need needed needs
neither never new next night no none nor not nothing nov november now oct october of off often oh ok okay old
on once one ones only onto or other others otherwise our ours out over own people perhaps please pls possible
probably problem problems put question questions quite rather really regards right same saturday saw say says
second see seem seemed seems seen sep sept september several shall she should shouldnt show shows since
sincerely sir so solution solve solved some somebody somehow someone something sometimes somewhere soon still
stuff such suddenly sunday support sure take taken tell than thank thanks that thats the their theirs them
themselves then there theres these they theyre thing things think this those though thought three through
thursday thus time times to today together told too took tried tries try trying tuesday twice two unable under
unless until up update updated updates upon us use used user users uses using usually very via want wanted
wants was wasnt way we wednesday week weeks well went were werent what whatever whats when where whether which
while who whole whom whose why will wish with within without wonder wondering wont work worked working works
would wouldnt year years yes yesterday yet you youd youll your youre yours yourself youve
"""
_GERMAN = """
aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bereits bin bis bitte
bzw da dabei dadurch dafür damit danach dank danke dann daran darauf das dass davon dazu daß dein dem den denn
der des deshalb die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines
einfach einige er erst es etwas euch euer frage fragen für gab ganz geben gegen geht gemacht gerne gibt gruß
grüße gut guten habe haben hallo hat hatte helfen hier hilfe hätte ich ihm ihn ihnen ihr ihre ihren im immer
in ins ist ja jede jeder jedes jetzt kann kein keine keinen kommt können könnte lange leider machen man mehr
mein meine meinem meinen meiner mich mir mit muss möchte müssen nach nachdem neu neue neuen nicht nichts noch
nun nur ob oder ohne problem probleme schon sehr sei sein seine seit sich sie sind so sodass soll sollte
sondern sonst tag trotz um und uns unser unter viel vielen vielleicht vom von vor war waren warum was weil
weiter weiß welche wenn wer werde werden wie wieder will wir wird wo wurde wurden würde zu zum zur
"""
_FRENCH = """
afin ai aide aider alors après as au aucun aucune aussi autre autres aux avais avait avant avec avez avoir
avons beaucoup bien bonjour bonsoir car ce cela celle celui ces cest cet cette ceux chaque chez ci comme
comment cordialement dans de depuis des deux dit dois doit donc dont du dès elle elles en encore entre es est
et eu eux faire fais fait faut fois font ici il ils ja jai je jour juste la le les leur leurs lors lorsque lui
là ma mais me merci mes moi moins mon même ne ni non nos notre nous nouveau on ont ou où par parce pas passe
peu peut peux plus plusieurs possible pour pourquoi pouvez pouvoir problème problèmes puis puisque quand que
quel quelle quelque quelques qui quoi rien sa sais sans savoir se ses si soit solution son sont souhaite sous
suis sur ta te tes toi ton toujours tous tout toute toutes trop très tu un une va veux voici voilà vos votre
voudrais vous vraiment étais était été êtes être
"""
_SPANISH = """
a acá ahora ahí al algo alguien alguna algunas alguno algunos allí antes aquel aquí así aunque ayuda ayudar
aún bien buenas bueno buenos cada como con cual cuando cuanto cuál cuándo cómo de del desde después dia donde
dos día días dónde e el ella ellas ellos en entonces entre era eran es esa esas ese eso esos esta estaba
estado estamos estar estas este esto estos estoy está están fue fueron gracias ha haber había hace hacer hacia
han hasta hay he hola la las le les lo los luego me mi mientras mis mismo muchas mucho muchos muy más nada ni
no nos nosotros nuevo nunca o os otra otras otro otros para pero poco podría por porque posible problema
problemas pude puede pueden puedo pues que quien quiero quisiera qué saber saludos se sea según ser si sido
siempre sin sino sobre solo solución somos son soy su sus sí sólo también tampoco tan tanto te tener tengo
tiene tienen toda todas todo todos tu tus un una unas uno unos usted veces vez y ya yo él
"""
_PORTUGUESE = """
a agora ainda ajuda ajudar algo algum alguma alguém ante antes ao aos apenas após aqui as assim até bem boa
bom cada com como da das de dela dele depois desde dessa desse desta deste dia dias do dois dos e ela elas ele
eles em entre então era essa esse esta estar estava este estou está estão eu faz fazendo fazer fica foi for
foram fui gostaria há isso isto já la lhe lá mais mas me mesmo meu meus minha minhas muito muitos na nada nas
nem nenhum nenhuma nessa nesse no nos nova novo num numa nunca não nós o obrigada obrigado olá onde os ou
outra outras outro outros para pela pelo pode podem poder por porque porém posso pra problema problemas qual
qualquer quando que quem quero saber se seja sem sempre ser será seu seus sobre solução sou sua suas são só
também tem tenho tentei ter teve tinha toda todas todo todos tudo tão têm um uma umas uns vai vez vezes você
vocês vou às é
"""
_ITALIAN = """
a abbiamo adesso agli ai aiuto al alcuni alla alle allora altra altre altri altro anche ancora anzi appena
avere avete aveva avevo bene buona buongiorno c capire che chi ci ciao cioè come con cosa così cui da dagli
dai dal dalla dalle degli dei del della delle dello di dopo dove dovrebbe due e ed era erano essere fa fare
fatto fino finora fra giorni giorno già gli grazie ha hanno ho i il in infatti invece io la le lei li lo loro
lui ma mai me meno mentre mi mia mie miei mio molto ne negli nei nel nella nelle nessun nessuna niente no noi
non nostro nulla nuovo o ogni ora per perché però più poi possibile posso potrebbe prima problema problemi
puoi può qua qualche quale quali quando quanto quasi quella quelle quelli quello questa queste questi questo
qui quindi risolvere salve sapere se sei sempre senza si sia siamo solo soluzione sono sopra sotto sta stato
su sua sue sugli sui sul sulla suo suoi sì tra troppo tu tua tuo tutta tutte tutti tutto un una uno va vi via
voi volta vorrei è
"""
_DUTCH = """
aan al alle alleen allemaal als altijd ander andere ben bij bijna daar daarna dag dan dank dat de deze die dit
doe doen door dus echt een eens eerder eigenlijk elke en er ergens even gaan gaat gebruik gebruiken geeft geen
ging goed graag groet had hallo heb hebben heeft help hem hen het hier hij hoe hulp iedere iemand iets ik in
is ja je jullie kan kon kunnen kunt maak maar maken man meer meest met mij mijn misschien moet moeten mogelijk
na naar niet niets nieuw nieuwe niks nog nooit nu of om omdat onder ons ook op opeens over probeer probleem
problemen sinds sommige soms staat steeds te tegen terug toch toen tot u uit uw vaak van vanaf veel via vind
voor vraag waar waarom wat weer weet wel welke werd werkt wie wij wil worden wordt zal ze zelf zich zie zij
zijn zo zodat zonder zou
"""
_POLISH = """
a aby ale bardzo bez bo by być był była byłem było co czy dla dlaczego do dzień dziękuję gdy gdzie go i ich
ile im ja jak jaki jako je jego jej jest jestem jeszcze jeśli już kiedy która które który którzy ma mam mi
mnie mogę moich moja moje może można mu mój na nad nic nich nie niego nim od oraz pan po pod pomoc pomocy
ponieważ poproszę problem proszę przed przez przy się sobie są tak taki takie tam te tego tej ten teraz to tu
tylko tym u w we witam więc wszystkie wszystko z za ze że żeby
"""
_SWEDISH = """
alla allt att av bara bli blir de dem den denna det detta dig din du där då efter ej eller en ett finns från
få får för går gör göra ha hade han har hej hjälp hon hur här i in inga ingen inte jag kan kommer kunde man
med men mig min mina mitt måste nu nya när någon något några och om problem på samma sedan sig ska skall som
så tack till upp ut utan vad var vara varför vi vid vill är även över
"""
_DANISH = """
af alle alt at bare blev bliver da de dem den denne der det dette dig din du efter ej eller en er et for fra
få får går gør gøre ha hade han har hej hjelp hjælp hun hva hvad hvis hvor hvordan hvorfor i igen ikke ind
ingen jeg kan kommer kunne man med meg men mig min mine mit mitt må noe noen nogen noget nu ny når og også om
op opp problem på samme seg selv sig skal skulle som så tak takk til ud uden under uten var ved vi vil ville
være å
"""
_CZECH = """
a aby ale ani ano asi až bez bude by byl byla bylo být co což den do dobrý děkuji ho i jak jako je jeho její
jen ještě již jsem jsme jsou já k kde kdy která které který ma mi mám máte mít mě můj může můžu na nad ne nebo
není než nic o od po pod podle pokud pro problém prosím proč před při s se si stále tak také takže tam ten teď
to toto tu u už v ve však vše všechny z za zda ze že
"""
_RUSSIAN = """
а без бы был была были было быть в вам вас во вот все всё вы где для до его ее если есть еще ещё её же за
здравствуйте и из или им их к как какой когда которые который кто ли меня мне может можно мой моя мы на надо
не нет ни но ну о он она они от очень по под пожалуйста помогите после почему при проблема с сам сейчас со
спасибо так также там то того тоже только у уже что чтобы эта эти это этот я
"""
_BY_LANGUAGE = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "it": _ITALIAN,
    "nl": _DUTCH,
    "pl": _POLISH,
    "sv": _SWEDISH,
    "da": _DANISH,
    "nb": _DANISH,
    "no": _DANISH,
    "cs": _CZECH,
    "ru": _RUSSIAN,
}
_WORDS = {code: frozenset(words.split()) for code, words in _BY_LANGUAGE.items()}


def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language; none where there is no list.

    Parameters
    ----------
    language : str
        Its ISO 639 code without region.

    Examples
    --------
    >>> "doesnt" in stop_words("en"), "die" in stop_words("en"), "die" in stop_words("de")
    (True, False, True)
    """
    return _WORDS.get(language, frozenset())
