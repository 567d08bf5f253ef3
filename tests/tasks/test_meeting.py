"""Word vectors of several processes become one again: against the rule written out row by row."""

import sys

import numpy as np
import pytest

from seqkit.tasks.word2vec.averaging import Meeting
from seqkit.train.distribution import Team, team
from tests import together

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")

ROUNDS = 3


class Rows:
    """An engine of five words that moves the rows it is told to."""

    def __init__(self):
        self.inputs, self.outputs = np.ones((5, 2), np.float32), np.zeros((5, 2), np.float32)

    def move(self, rank, number):
        """Row 0 never moves; row r + 1 of `inputs` moves in process r alone, row 4 in all."""
        for row, amount in moves(rank, number):
            self.inputs[row] += amount
            self.outputs[row] -= 2 * amount

    def replace(self, inputs, outputs):
        self.inputs[:], self.outputs[:] = inputs, outputs


def moves(rank, number):
    yield rank + 1, np.float32(0.5 + number)
    yield 4, np.float32((1 + rank) * (1 + number))


def work():
    """The matrices of a process after some rounds."""
    engine = Rows()
    meeting = Meeting(team(), engine)
    for number in range(ROUNDS):
        engine.move(team().rank, number)
        meeting.meet()
    return engine.inputs.tolist(), engine.outputs.tolist()


@pytest.mark.parametrize("size", [2, 3])
def test_a_row_moves_by_the_mean_of_those_that_moved_it(size):
    inputs = np.ones((5, 2))
    for number in range(ROUNDS):
        amounts = [dict(moves(rank, number)) for rank in range(size)]
        for row in range(5):
            found = [amount[row] for amount in amounts if row in amount]
            inputs[row] += np.mean(found) if found else 0
    for mine, its in together.run(work, size):
        np.testing.assert_allclose(mine, inputs, rtol=1e-6)
        np.testing.assert_allclose(its, -2 * (inputs - 1), rtol=1e-6)


def test_one_process_goes_on_as_it_was():
    engine = Rows()
    meeting = Meeting(Team(0, 1), engine)
    engine.move(0, 0)
    before = engine.inputs.copy()
    meeting.meet()
    assert (engine.inputs == before).all()
