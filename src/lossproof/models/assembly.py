"""From joined pairs of peaks to people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lossproof.models.part_affinity import Joints
from lossproof.models.peaks import Peaks
from lossproof.models.skeleton import Limb, Skeleton


@dataclass
class Person:
    """The peak of each part that is known, by the part's place, and the score so far.

    ``total`` is the sum of the peaks' values and of the scores of the limbs that joined them.
    """

    peaks: dict[int, int] = field(default_factory=dict)
    total: float = 0.0

    @property
    def score(self) -> float:
        """OpenPose's: the total for each part that is known."""
        return self.total / len(self.peaks)


def assemble(skeleton: Skeleton, peaks: Sequence[Peaks], joints: Sequence[Joints]) -> list[Person]:
    """People from the joints of each limb, limb after limb, in the order in which they begin.

    A joint adds its peak to the person who has the other, makes one of two people who share no
    part, or begins a person. A part that is known is never replaced: OpenPose's published code does
    so where limbs that close a ring contradict the others.
    """
    people = _People(peaks)
    for limb, closing, of_limb in zip(skeleton.limbs, skeleton.closing, joints, strict=True):
        pairs = zip(
            of_limb.starts.tolist(), of_limb.ends.tolist(), of_limb.scores.tolist(), strict=True
        )
        for start, end, score in pairs:
            people.joined(limb, (start, end), score=score, begins=not closing)
    return people.all


class _People:
    """Who has which peak; a peak is a pair of its part and its place in the part's heat map."""

    def __init__(self, peaks: Sequence[Peaks]) -> None:
        self._scores = [of_part.scores.tolist() for of_part in peaks]
        self._owners: dict[tuple[int, int], Person] = {}
        self.all: list[Person] = []

    def joined(self, limb: Limb, peaks: tuple[int, int], *, score: float, begins: bool) -> None:
        start, end = (limb.start, peaks[0]), (limb.end, peaks[1])
        first, second = self._owners.get(start), self._owners.get(end)
        if first is None and second is None:
            if begins:
                person = Person()
                self.all.append(person)
                self._give(person, start, score=0.0)
                self._give(person, end, score=score)
        elif first is None and second is not None:
            self._give(second, start, score=score)
        elif second is None and first is not None:
            self._give(first, end, score=score)
        elif first is not second and first is not None and second is not None:
            self._merge(first, second, score=score)

    def _give(self, person: Person, peak: tuple[int, int], *, score: float) -> None:
        part, place = peak
        if part not in person.peaks:
            person.peaks[part] = place
            person.total += self._scores[part][place] + score
            self._owners[peak] = person

    def _merge(self, first: Person, second: Person, *, score: float) -> None:
        if first.peaks.keys() & second.peaks.keys():
            return
        first.peaks |= second.peaks
        first.total += second.total + score
        self._owners |= dict.fromkeys(second.peaks.items(), first)
        self.all = [person for person in self.all if person is not second]
