"""How the processes of a training find each other, also when torchrun has started them again.

torchrun keeps one store of keys for all attempts, and the addresses of processes that have died
lie in it, too. So the processes agree first on who is there, and then use keys of that group alone.
"""

import datetime
import hashlib
import os
import secrets
import time

from torch.distributed import PrefixStore, Store, TCPStore  # type: ignore[attr-defined]

SOON = datetime.timedelta(minutes=10)
"""How long the first waits for the others to start, and they for it."""
PAUSE = 0.05
"""Seconds between two looks at the store."""


def meet(rank: int, size: int) -> Store:
    """Find the other processes, by the variables that torchrun sets: a store of their own keys.

    RuntimeError where they have not all come after ten minutes.
    """
    agent = os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"
    address, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    store = TCPStore(address, port, is_master=rank == 0 and not agent, timeout=SOON)
    own = secrets.token_hex(8)
    store.set(f"seqkit {rank}", own)
    deadline = time.monotonic() + SOON.total_seconds()
    group = _lead(store, size, deadline) if rank == 0 else _follow(store, rank, own, deadline)
    return PrefixStore(f"seqkit {group}", store)


def _lead(store: Store, size: int, deadline: float) -> str:
    """Propose the group of all that have come, until each of them has agreed to the same one."""
    proposed = None
    while time.monotonic() < deadline:
        names = " ".join(store.get(f"seqkit {rank}").decode() for rank in range(size))
        group = hashlib.sha256(names.encode()).hexdigest()
        if names != proposed:
            store.set("seqkit proposed", names)
            proposed = names
        if store.check([f"seqkit {group} {rank}" for rank in range(1, size)]):
            store.set(f"seqkit {group} begins", "")
            return group
        time.sleep(PAUSE)
    raise RuntimeError(f"not all of the {size} processes have started within {SOON}")


def _follow(store: Store, rank: int, own: str, deadline: float) -> str:
    """Agree to a group that one belongs to; those of earlier attempts do not know one's name."""
    while time.monotonic() < deadline:
        names = store.get("seqkit proposed").decode()
        group = hashlib.sha256(names.encode()).hexdigest()
        if own in names.split():
            store.set(f"seqkit {group} {rank}", "")
            if store.check([f"seqkit {group} begins"]):
                return group
        time.sleep(PAUSE)
    raise RuntimeError(f"the first process has not answered process {rank + 1} within {SOON}")
