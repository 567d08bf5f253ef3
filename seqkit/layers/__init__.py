"""Recurrent cells, what runs them over sequences, dropout and the output layer."""
