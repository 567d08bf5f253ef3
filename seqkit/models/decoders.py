"""The half of a translator that writes: a deep recurrent net over the target so far (G4).

Three classes, by when they look at the source: never, after each step, or after each step with what
was seen fed into the next one. All are called alike, as (x, state, memory) -> (outputs, state,
weights): x (B, T, D) are the embedded words before each position, outputs (B, T, E) go to the
softmax, weights (B, T, S) say where the source was looked at, with S = 0 where it never is. `step`
is one position of R rows, x (R, D), of which several may look at one source, `owner` (R,).
"""

import torch
from torch import Tensor, nn

from seqkit.layers import Stack
from seqkit.layers.attention import Attention, Memory
from seqkit.layers.state import State

Decoded = tuple[Tensor, State, Tensor]


class PlainDecoder(nn.Module):
    """a<t> from y<t-1> and a<t-1>; of the source it has its first state alone.

    The encoder-decoder of Sutskever et al. 2014. out<t> = tanh(W a<t>).
    """

    def __init__(self, stack: Stack, hidden: int, width: int) -> None:
        super().__init__()
        self.stack = stack
        self.output = readout(hidden, width)

    def remember(self, values: Tensor, real: Tensor | None) -> Memory:
        """An empty memory."""
        nothing = values[:, :0]  # (B, 0, M)
        return Memory(nothing, nothing, None)

    def begin(self, state: State) -> State:
        """What is carried from step to step, given the first state of the stack."""
        return state

    def forward(self, x: Tensor, state: State, memory: Memory) -> Decoded:
        """All T steps at once."""
        a, state = self.stack(x, state)  # (B, T, H)
        return squash(self.output, a), state, a[:, :, :0]

    def step(self, x: Tensor, state: State, memory: Memory, owner: Tensor) -> Decoded:
        """One step of R rows: outputs (R, E), state, weights (R, 0)."""
        a, state = self.stack.step(x, state)  # (R, H)
        return squash(self.output, a), state, a[:, :0]


class AttentiveDecoder(nn.Module):
    """As PlainDecoder, but out<t> = tanh(W [context<t>, a<t>]) (Luong et al. 2015, section 3.1).

    The recurrence does not depend on what was looked at. So the target is one pass in training.
    """

    def __init__(self, stack: Stack, attention: Attention, hidden: int, width: int) -> None:
        super().__init__()
        self.stack, self.attention = stack, attention
        self.output = readout(2 * hidden, width)

    def remember(self, values: Tensor, real: Tensor | None) -> Memory:
        """What attention looks at."""
        return self.attention.remember(values, real)

    def begin(self, state: State) -> State:
        """What is carried from step to step, given the first state of the stack."""
        return state

    def forward(self, x: Tensor, state: State, memory: Memory) -> Decoded:
        """All T steps at once."""
        a, state = self.stack(x, state)  # (B, T, H)
        context, weights = self.attention(a, memory)  # (B, T, M), (B, T, S)
        return squash(self.output, torch.cat([context, a], dim=2)), state, weights

    def step(self, x: Tensor, state: State, memory: Memory, owner: Tensor) -> Decoded:
        """One step of R rows: outputs (R, E), state, weights (R, S)."""
        a, state = self.stack.step(x, state)  # (R, H)
        context, weights = self.attention.look(a, memory, owner)  # (R, M), (R, S)
        return squash(self.output, torch.cat([context, a], dim=1)), state, weights


class FeedingDecoder(nn.Module):
    """As AttentiveDecoder, but out<t-1> stands beside y<t-1> in the input of step t.

    Input feeding (Luong et al. 2015, section 3.3): the net knows where it has looked, at the price
    of one step after another in training, too. The carried state ends in out<t-1> (B, E).
    """

    def __init__(self, stack: Stack, attention: Attention, hidden: int, width: int) -> None:
        super().__init__()
        self.stack, self.attention, self.width = stack, attention, width
        self.output = readout(2 * hidden, width)

    def remember(self, values: Tensor, real: Tensor | None) -> Memory:
        """What attention looks at."""
        return self.attention.remember(values, real)

    def begin(self, state: State) -> State:
        """What is carried from step to step, given the first state of the stack; out<0> = 0."""
        return (*state, state[0].new_zeros(len(state[0]), self.width))

    def forward(self, x: Tensor, state: State, memory: Memory) -> Decoded:
        """One step after another."""
        outputs, looks = [], []
        for now in x.unbind(1):  # (B, D)
            out, state, weights = self.step(now, state, memory)
            outputs.append(out)
            looks.append(weights)
        return torch.stack(outputs, dim=1), state, torch.stack(looks, dim=1)

    def step(self, x: Tensor, state: State, memory: Memory, owner: Tensor | None = None) -> Decoded:
        """One step of R rows: outputs (R, E), state, weights (R, S)."""
        *carried, fed = state
        a, after = self.stack.step(torch.cat([x, fed], dim=1), tuple(carried))  # (R, H)
        context, weights = self.attention.look(a, memory, owner)  # (R, M), (R, S)
        out = squash(self.output, torch.cat([context, a], dim=1))  # (R, E)
        return out, (*after, out), weights


def readout(inputs: int, width: int) -> nn.Linear:
    """The layer before the softmax, without a bias, as the softmax has one."""
    linear = nn.Linear(inputs, width, bias=False)
    nn.init.xavier_uniform_(linear.weight)
    return linear


def squash(linear: nn.Linear, x: Tensor) -> Tensor:
    """tanh(W x), or tanh(W x + b), in the type of x."""
    bias = None if linear.bias is None else linear.bias.to(x.dtype)
    return torch.tanh(nn.functional.linear(x, linear.weight.to(x.dtype), bias))
