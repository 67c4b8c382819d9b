"""Boxes and the lines between them, laid out in columns; igraph finds columns and order."""

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import igraph

WIDTH, BETWEEN = 190, 42
"""Pixels: a box, and the gap between two columns, where the lines run."""
HEAD, LINE, PAD, GAP = 24, 16, 8, 16
"""Pixels: the title of a box, a line of text, what is left free below it, and between two boxes."""
LANE = 8
"""Pixels that a line takes on its way through a column."""
LETTERS = 28
"""As many fit into a line of a box."""
SWEEPS = 12
MARGIN = 1


@dataclass(frozen=True, slots=True)
class Row:
    """What leads from a box, in short and in full, and the box that it leads to, unless this."""

    text: str
    full: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text in a box, in short and in full, and how far down it stands."""

    y: int
    text: str
    full: str
    quiet: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A class: what leads from it, the names of its kinds, and the boxes that it is a kind of."""

    iri: str
    label: str
    rows: Sequence[Row]
    kinds: str
    above: Sequence[str]

    @property
    def ends(self) -> list[str]:
        """The boxes that lines lead to from here."""
        return [*self.above, *(row.target for row in self.rows if row.target)]

    @property
    def lines(self) -> list[Text]:
        """The text in the box, below its title."""
        texts = [(row.text, row.full, False) for row in self.rows]
        texts += [(text, self.kinds, True) for text in textwrap.wrap(self.kinds, LETTERS)]
        return [Text(HEAD + LINE * at + 12, *text) for at, text in enumerate(texts)]


@dataclass(slots=True)
class Place:
    """Where something is: a box, or without one the lane of a line that passes."""

    column: int
    order: float
    box: Box | None = None
    y: float = 0.0
    neighbours: list["Place"] = field(default_factory=list)

    @property
    def width(self) -> int:
        """In pixels."""
        return WIDTH

    @property
    def height(self) -> int:
        """In pixels."""
        if self.box is None:
            return LANE
        lines = len(self.box.lines)
        return HEAD + LINE * lines + (PAD if lines else 0)

    @property
    def x(self) -> int:
        """The left side, in pixels."""
        return MARGIN + self.column * (WIDTH + BETWEEN)

    @property
    def entry(self) -> float:
        """How far down a line enters: beside the title of a box."""
        return self.y + (HEAD / 2 if self.box else LANE / 2)


@dataclass(frozen=True, slots=True)
class Line:
    """What leads from a box to another, as an SVG has paths; `kind` where that is “a kind of”."""

    path: str
    kind: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in its place; sizes in pixels."""

    width: int
    height: int
    boxes: Sequence[Place]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Link:
    """The numbers of two boxes, and how far down the first the line between them starts."""

    start: int
    end: int
    down: int


def draw(boxes: Sequence[Box]) -> Drawing:
    """The boxes in columns, so that most lines lead to the right and few cross.

    Those without any line stand below, in rows.
    """
    joined = {iri for box in boxes for iri in (box.iri, *box.ends) if box.ends}
    linked = [box for box in boxes if box.iri in joined]
    links = list(_links(linked))
    places, routes = _laid_out(linked, links)
    _settle(places)
    lines = [
        Line(_path(route, route[0].y + link.down), link.down < HEAD)
        for link, route in zip(links, routes, strict=True)
    ]
    drawn = places[: len(linked)]
    drawn += _rows([box for box in boxes if box.iri not in joined], places)
    width = max(place.x for place in drawn) + WIDTH + MARGIN
    return Drawing(width, round(_bottom(drawn)) + MARGIN, drawn, lines)


def _rows(boxes: Sequence[Box], above: Sequence[Place]) -> Iterator[Place]:
    """Boxes side by side, below others."""
    columns, top = 1 + max(place.column for place in above), _bottom(above)
    for at in range(0, len(boxes), columns):
        row = [Place(n, 0, box) for n, box in enumerate(boxes[at : at + columns])]
        for place in row:
            place.y = top + GAP
        top = _bottom(row)
        yield from row


def _bottom(places: Sequence[Place]) -> float:
    return max(place.y + place.height for place in places)


def _links(boxes: Sequence[Box]) -> Iterator[Link]:
    number = {box.iri: i for i, box in enumerate(boxes)}
    for i, box in enumerate(boxes):
        for above in box.above:
            yield Link(i, number[above], HEAD // 2)
        for at, row in enumerate(box.rows):
            if row.target:
                yield Link(i, number[row.target], HEAD + at * LINE + LINE // 2)


def _laid_out(boxes: Sequence[Box], links: Sequence[Link]) -> tuple[list[Place], list[list[Place]]]:
    """The places of boxes, then of lanes; and for each link the places that its line visits."""
    pairs = [(link.start, link.end) for link in links]
    graph = igraph.Graph(n=len(boxes), edges=pairs, directed=True)
    layout = graph.layout_sugiyama(layers=_columns(graph), maxiter=1000)
    places = [Place(round(at), order, box) for (order, at), box in zip(layout, boxes, strict=False)]
    routes = []
    for link, points in zip(links, layout.edge_routing, strict=True):
        lanes = [Place(round(at), order) for order, at in points]
        start, end = places[link.start], places[link.end]
        backwards = start.column > end.column
        lanes.sort(key=lambda place: place.column, reverse=backwards)
        routes.append([start, *lanes, end])
        places += lanes
    for one, other in (pair for route in routes for pair in pairwise(route)):
        one.neighbours.append(other)
        other.neighbours.append(one)
    return places, routes


def _columns(graph: igraph.Graph) -> list[int]:
    """The column of each box; one that no line leads to stands near to what it leads to."""
    columns = [round(at) for _, at in graph.layout_sugiyama()]
    for box in range(graph.vcount()):
        if not graph.predecessors(box):
            columns[box] = min(columns[other] for other in graph.successors(box)) - 1
    return columns


def _settle(places: Sequence[Place]) -> None:
    """Give each place its height in its column, near to what it is linked with."""
    columns: dict[int, list[Place]] = defaultdict(list)
    for place in sorted(places, key=lambda place: place.order):
        columns[place.column].append(place)
    for column in columns.values():
        _stack(column, [0.0] * len(column))
    for sweep in range(SWEEPS):
        for at in sorted(columns, reverse=bool(sweep % 2)):
            _stack(columns[at], [_wanted(place) for place in columns[at]])
    top = min(place.y for place in places)
    for place in places:
        place.y += MARGIN - top


def _wanted(place: Place) -> float:
    """The top that would bring it level with its neighbours."""
    if not place.neighbours:
        return place.y
    level = sum(other.entry for other in place.neighbours) / len(place.neighbours)
    return level - (place.entry - place.y)


def _stack(column: Sequence[Place], wanted: Sequence[float]) -> None:
    """Put a column's places under each other, in their order, as near to the wanted as may be."""
    below = float("-inf")
    for place, top in zip(column, wanted, strict=True):
        place.y = max(top, below)
        below = place.y + place.height + GAP
    off = sum(top - place.y for place, top in zip(column, wanted, strict=True)) / len(column)
    for place in column:
        place.y += off


def _path(route: Sequence[Place], start: float) -> str:
    """A line that leaves a box at a height, passes through its lanes, and enters the other."""
    right = route[0].column < route[-1].column
    x, y = route[0].x + (WIDTH if right else 0), start
    path = [f"M{x} {y:.0f}"]
    for _, place in pairwise(route):
        end, level = place.x + (0 if right else WIDTH), place.entry
        half = (x + end) // 2
        path.append(f"C{half} {y:.0f} {half} {level:.0f} {end} {level:.0f}")
        x, y = place.x + (WIDTH if right else 0), level
        if place.box is None:
            path.append(f"H{x}")
    return "".join(path)
