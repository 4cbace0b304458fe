"""What a day changes in the invented world."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from .invent import Inventor
from .records import NONGSAN, VOSO

if TYPE_CHECKING:
    from .world import World

_KEPT_POSTS = 24  # the board never shrinks below this


def pass_day(world: World, inventor: Inventor, sources: Sequence[str]) -> None:
    """About one listing in a hundred gets another price, two in a hundred are sold, one in three hundred goes and as
    many come; on each site a seller comes, and one goes; a post comes and the oldest goes."""
    floors = [world.floors[source] for source in sources]
    sellers = tuple(chain.from_iterable(floor.all_sellers() for floor in floors))
    listings = inventor.shuffled(tuple(chain.from_iterable(floor.in_category("") for floor in floors)))
    hundredth, few = 1 + len(listings) // 100, 1 + len(listings) // 300
    for listing in listings[:hundredth]:
        amount = listing.price_vnd or 20_000
        priced = inventor.priced(listing, amount * 8 // 10, amount * 12 // 10)
        world.replace_listing(priced._replace(updated=world.today))
    for listing in listings[hundredth : 3 * hundredth]:
        if listing.source == VOSO:
            world.replace_listing(listing._replace(sold=listing.sold + 1 + inventor.below(20)))
    if len(listings) > 10:
        for listing in listings[-few:]:
            world.remove_listing(listing.ref)
    for source in sources:
        world.add_listing(world.add_seller(source).ref)
    for _ in range(few):
        if sellers:
            world.add_listing(inventor.pick(sellers).ref)
    if len(sellers) > 100:
        world.remove_seller(inventor.pick(sellers).ref)
    if NONGSAN not in sources:
        return
    world.add_post()
    posts = tuple(world.posts())
    if len(posts) > _KEPT_POSTS:
        world.remove_post(posts[0].ref)
