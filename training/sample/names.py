"""Names for the people who write tickets. All made up; any likeness is chance."""

FIRST_NAMES = tuple(
    """Ada Adaeze Aino Alba Amara Anders Anouk Arjun Asha Astrid Beatriz Benoit Bram Callum Carys Chidi
    Ciara Dagny Darius Devika Dmitri Edda Eilidh Elif Emeka Esme Farah Felix Fiona Freya Gideon Giulia
    Hamid Hana Hedda Henrik Idris Imogen Ines Ingrid Isla Ivo Jasper Jia Joana Jonas Kaito Karim Katya
    Keiko Kofi Lars Leila Lena Linus Lior Lucia Maeve Malik Marta Matteo Mei Mila Milan Minh Nadia Naoki
    Niamh Nils Noor Odette Olamide Omar Orla Otto Paloma Pavel Petra Priya Quentin Rafael Rania Reuben
    Rosa Rowan Ruta Samir Sanna Selma Sigrid Soren Tadeo Talia Tariq Tess Thandi Tomas Una Valeria
    Vikram Wanda Xenia Yara Yusuf Zofia Zuri""".split()
)

LAST_NAMES = tuple(
    """Abernethy Achterberg Adeyemi Almgren Amari Ashdown Baptiste Barrowman Bellweather Birch Blackwood
    Boateng Brightwater Calloway Castellan Chowdhury Copperfield Cormack Dahl Delacroix Dragomir Ekwueme
    Elderfield Fairbairn Fenwick Ferrante Fujimori Galloway Garrick Greenhalgh Haddad Halloran Hartigan
    Hawthorne Holm Iqbal Ivarsson Jankowski Kaminski Karlsen Kestrel Khoury Lachance Larkin Lindqvist
    Lovelace Maddox Mbeki Merriweather Moreau Nakamura Nightingale Novak Nwosu Okafor Oyelaran Pemberton
    Penrose Petrov Quayle Rasmussen Ravenscroft Rosenthal Rousseau Sandoval Santangelo Saltmarsh
    Sinclair Songbird Stroud Sundaram Tanaka Thistlewood Thorne Tregarthen Underhill Valdez Vandermeer
    Vesterholm Wakefield Weatherby Whitlock Winterbourne Wyndham Yamada Yilmaz Zabala Zielinski""".split()
)
