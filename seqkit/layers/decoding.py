"""The best path of a chain of tags, and how sure each of its tags is (G1)."""

from torch import Tensor

from seqkit.layers.chain import Moves, real_mask, steps
from seqkit.layers.crf_checks import check_finite, refuse_no_path
from seqkit.layers.viterbi import best_path


def decode(emissions: Tensor, moves: Moves, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The best path y (B, T), P(y<t> | x) (B, T), and P(y<t> | y<t-1>, x) (B, T-1); 0 at padding.

    emissions (B, T, K), moves and lengths (B,) are as in `chain`. Raises ValueError for a sequence
    without any allowed path, and for emissions that are not finite.
    """
    if emissions.device.type == "cpu":
        from seqkit.layers.fast import decoding as compiled  # by numba, which is slow to import

        found = compiled.decode(emissions, moves, lengths)
        if found is not None:
            return found
    check_finite(emissions, lengths)
    return decode_in_logs(emissions, moves, lengths)


def decode_in_logs(
    emissions: Tensor, moves: Moves, lengths: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """`decode` for every device and for numbers of every size."""
    tags, totals = best_path(emissions, moves, lengths)  # (B, T), (B,)
    refuse_no_path(totals, lengths)
    nodes, onward = steps(emissions, moves, lengths, tags)  # (B, T, K), (B, T-1)
    sure = nodes.gather(2, tags.unsqueeze(2)).squeeze(2)  # (B, T)
    real = real_mask(tags, lengths)  # (B, T)
    return tags, sure.where(real, 0), onward.where(real[:, 1:], 0)
