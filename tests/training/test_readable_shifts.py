from pathlib import Path

import pytest

from training.readable_shifts import expect_readable_shifts
from triage.agent import Agent
from triage.errors import InputError


def test_a_shift_that_cannot_be_read_is_told_with_whose_it_is():
    ada = Agent("ada", shift="Mon-Fri 09:00-17:00")
    expect_readable_shifts([ada, Agent("eve")], Path("desk/agents.csv"))
    with pytest.raises(InputError, match=r"Of agent 'bob' in agents.csv: Got the shift '9-5'; expected"):
        expect_readable_shifts([ada, Agent("bob", shift="9-5")], Path("desk/agents.csv"))
