"""What a campaign counts: faults, runs lost, runs that ended with the same bytes, clear errors."""

from dataclasses import dataclass, field

from tests.faults.processes import Ended


@dataclass
class Tally:
    """The counts of one kind of fault; `notes` tell of whatever was not as it should be."""

    fault: str
    injected: int = 0
    lost: int = 0
    ended: int = 0
    identical: int = 0
    errors: int = 0
    clear: int = 0
    notes: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, nothing differs and every error was clear."""
        return not (self.lost or self.notes) and self.row[-2:] == ("all", "all")

    @property
    def row(self) -> tuple[str, str, str, str, str]:
        """The line of a table."""
        shares = ((self.identical, self.ended), (self.clear, self.errors))
        told = ("all" if part == whole else f"{part} of {whole}" for part, whole in shares)
        same, clear = told
        return self.fault, f"{self.injected:,}", f"{self.lost}", same, clear

    def end(self, same: bool, note: str) -> None:
        """A run that was resumed, or left in peace beside a fault, has ended."""
        self.ended += 1
        self.identical += same
        if not same:
            self.lost += 1
            self.notes.append(f"{note}: it did not end as it does in peace")

    def error(self, ended: Ended, clear: bool, note: str) -> None:
        """A command has failed because of the fault."""
        self.errors += 1
        self.clear += clear
        if not clear:
            self.notes.append(f"{note}: exit {ended.code}, {ended.err.strip()[-600:]!r}")

    def add(self, other: "Tally") -> None:
        """Take over the counts of another one of the same fault."""
        for name in ("injected", "lost", "ended", "identical", "errors", "clear"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.notes += other.notes
        self.skipped = self.skipped or other.skipped


HEADS = ("fault", "injected", "runs lost", "ended byte-identical", "errors clear")


def table(tallies: list[Tally]) -> str:
    """The counts as a table of Markdown."""
    rows = [HEADS, tuple("-" * len(head) for head in HEADS), *(tally.row for tally in tallies)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEADS))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in rows
    ]
    return "\n".join(lines)
