"""The buy/sell board of the nongsanantoan family: its list, and one post."""

from __future__ import annotations

from html import escape

from ..floor import Floor
from ..paging import cut
from ..records import Post, Side
from ..reply import Reply, Request
from .frame import breadcrumb, dated, page, page_numbers, side_column

POSTS_A_PAGE = 12

SIDES: dict[Side, tuple[str, str]] = {
    "buy": ("can-mua", "Cần mua"),
    "sell": ("can-ban", "Cần bán"),
    "partner": ("tim-doi-tac", "Tìm đối tác"),
}


def board(floor: Floor, request: Request) -> Reply:
    """/ket-noi, newest first."""
    base = request.base
    wanted = request.query.get("typeAds", "")
    side = next((side for side, (slug, _) in SIDES.items() if slug == wanted), None)
    posts = tuple(post for post in reversed(floor.all_posts()) if side is None or post.side == side)
    shown = cut(posts, request.query, POSTS_A_PAGE, request.bend)
    filters = "".join(
        f'\n                            <li><a href="{base}/ket-noi?typeAds={slug}">{label}</a></li>'
        for slug, label in SIDES.values()
    )
    more = {"typeAds": wanted} if side else {}
    content = f"""{breadcrumb(base, ("/ket-noi", "Kết nối cung cầu"))}
  <div class="container">
   <div class="row">
    <div class="col-md-1-5">
{side_column(base, floor)}
    </div>
    <div class="col-md-4-5">
     <div class="buy-center">
      <ul class="type-ads">{filters}
      </ul>
      <ul class="buy-center-linked-list-columns">{"".join(_post(base, post) for post in shown.items)}
      </ul>
     </div>
{page_numbers(f"{base}/ket-noi", shown, **more)}
    </div>
   </div>
  </div>"""
    return page(base, "/ket-noi", "Kết nối cung cầu", content)


def _post(base: str, post: Post) -> str:
    return f"""
       <li class="buy-li">
        <div class="userport">
         <a href="{base}/user-activity/nguoi-dang-{post.number}@example.vn">{escape(post.poster)}</a></div>
        <div class="buy-info-wrap">
         <h4><a class="help-center-link" href="{base}/ket-noi/{post.ref}">{escape(post.title)}</a></h4>
         <ul class="info-buy">
          <li class="port-time"><i class="fa fa-clock-o"></i> {dated(post.posted)}</li>
          <li class="port-time"><i class="fa fa-tag"></i> {SIDES[post.side][1]}</li>
          <li class="port-time"><i class="fa fa-eye"></i> {post.views} lượt xem</li>
         </ul>
         <div class="post-area"><i class="fa fa-map-marker"></i> {escape(post.place)}</div>
         <div class="post-desc">{escape(post.body[:80])}...</div>
        </div>
       </li>"""


def post(floor: Floor, request: Request, ref: str) -> Reply | None:
    """/ket-noi/<slug>."""
    found = floor.posts.get(ref)
    if found is None:
        return None
    base = request.base
    slug, side = SIDES[found.side]
    content = f"""{breadcrumb(base, ("/ket-noi", "Kết nối cung cầu"), (f"/ket-noi?typeAds={slug}", side))}
  <div class="container">
   <div class="col-md-1-5">
{side_column(base, floor)}
   </div>
   <div class="col-md-4-5">
    <div class="border-ads">
     <h1>{escape(found.title)}</h1>
     <div class="news-buy-main">
      <div><b>Loại sản phẩm:</b> {found.product}</div>
      <div><b>Khu vực:</b> {escape(found.place)}</div>
      <div><b>Địa chỉ:</b> {escape(found.address)}</div>
      <div><b>Điện thoại:</b> {escape(found.phone)}</div>
      <div><b>Ngày hết hạn:</b> {dated(found.expires)}</div>
     </div>
     <div class="chitiet-buy"><p>{escape(found.body)}</p></div>
    </div>
    <div class="userTitle">
     <span class="username" itemprop="name">{escape(found.poster)}</span>
     <span class="datejoin">Tham gia: {dated(found.poster_joined)}</span>
     <span class="area1">{escape(found.place)}</span>
    </div>
   </div>
  </div>"""
    return page(base, request.path, escape(found.title), content)
