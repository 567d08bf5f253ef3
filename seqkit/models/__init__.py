"""Models: a frozen Config and `loss(batch, carry) -> (sum, count, carry)` each."""
