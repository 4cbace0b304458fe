"""An invented catalogue for the pages: every state a page knows, made through the models."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace import places
from marketplace.board.models import Request
from marketplace.catalogue.models import Listing, PricePoint, Seller, Sighting
from marketplace.onboarding.statistics import load_published
from marketplace.sync.models import RecordChange, Run, RunProblem

# 10:00 on 23 November 2026 in Vietnam.
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
NS, VS = "nongsanantoanlongan", "voso"
HOME = {
    NS: "https://nongsan.example.vn",
    VS: "https://voso.example.vn",
    "cooplink": "https://htx.example.vn",
    "postmart": "https://buudien.example.vn",
    "longantrade": "https://longantrade.example.vn",
}
PHONE, EMAIL, PERSON_ID = "0912345678", "hoptacxa@example.vn", "080123456789"


class Ids:
    """The records tests look at, by what they are for."""

    cooperative: int
    household: int
    hostile_seller: int
    gone_seller: int
    dragon_fruit: int
    hostile: int
    gone: int
    suspicious: int
    contact: int
    ownerless: int
    buy: int
    expired: int
    gone_request: int
    first_run: int
    good_run: int
    failed_run: int
    held_run: int


def fill(session: Session, mode: str) -> Ids:
    """Put the catalogue in; commits."""
    ids = Ids()
    load_published(session)
    _runs(session, ids, mode)
    _sellers(session, ids)
    _listings(session, ids)
    _requests(session, ids)
    session.flush()
    _changes(session, ids)
    session.commit()
    return ids


def _place(address: str) -> dict[str, Any]:
    place = places.read(address, default_province="Long An")
    return {
        "address": address,
        "province": place.province,
        "old_district": place.old_district,
        "old_commune": place.old_commune,
        "unit_2025": place.unit_2025,
        "place_method": place.method,
        "place_confidence": place.confidence,
    }


def _seen(source: str, ref: str, path: str, **times: datetime | None) -> dict[str, Any]:
    return {
        "source": source,
        "ref": ref,
        "url": f"{HOME[source]}/{path}/{ref}",
        "hashes": {},
        "first_seen_at": NOW - timedelta(days=40),
        "changed_at": NOW - timedelta(days=2),
        **times,
    }


def _sight(
    session: Session, kind: str, record_id: int, run_id: int, ago: timedelta, outcome: str = "unchanged"
) -> None:
    session.add(Sighting(kind=kind, record_id=record_id, run_id=run_id, seen_at=NOW - ago, outcome=outcome))


def _counts(**listing: int) -> dict[str, dict[str, int]]:
    names = ("seen", "new", "changed", "unchanged", "revived", "gone", "missing")
    return {
        kind: {name: listing.get(name, 0) if kind == "listing" else 0 for name in names}
        for kind in ("seller", "listing", "request")
    }


def _runs(session: Session, ids: Ids, mode: str) -> None:
    def run(source: str, ago: timedelta, verdict: str, reason: str = "", **counts: int) -> Run:
        one = Run(
            source=source,
            mode=mode,
            kind="full",
            started_at=NOW - ago - timedelta(minutes=19),
            finished_at=NOW - ago,
            verdict=verdict,
            reason=reason,
            counts=_counts(**counts),
            pages=268,
            failed=int(verdict != "ok"),
            bytes=12_400_000,
        )
        session.add(one)
        session.flush()
        return one

    ids.first_run = run(NS, timedelta(days=9), "ok", seen=40, new=40).id
    run(NS, timedelta(days=2), "partial", "timeout", seen=21, unchanged=21)
    ids.good_run = run(NS, timedelta(hours=3), "ok", seen=47, new=1, changed=3, unchanged=42, revived=1, gone=1).id
    run(VS, timedelta(days=12), "ok", seen=20, new=20)
    ids.failed_run = run(VS, timedelta(days=11), "failed", "challenge").id
    ids.held_run = run(VS, timedelta(days=9), "held", "large_drop", seen=4, unchanged=4, missing=6).id


def _sellers(session: Session, ids: Ids) -> None:
    cooperative = Seller(
        **_seen(NS, "htx-thanh-long", "shop"),
        **_place("Ấp 4, xã Dương Xuân Hội, huyện Châu Thành, Long An"),
        name="HTX Thanh long Dương Xuân Xanh",
        kind="Hợp tác xã",
        phone=f"{PHONE} - 02723826123",
        phone_key=PHONE,
        email=EMAIL,
        contact="Nguyễn Văn Mẫu",
        tax_code="1100101234",
        tax_code_kind="enterprise10",
        joined_on=date(2022, 3, 14),
        certificates=["VietGAP-TT-13-05-80-0042", "Hữu cơ TCVN 11041-2:2017"],
        verified=True,
        status="Đang hoạt động",
        description=f"Trồng thanh long từ năm 2005. Gọi {PHONE} hoặc viết {EMAIL}.",
        review_count=12,
        rating=4.5,
    )
    household = Seller(
        **_seen(NS, "ho-le-thi-mau", "shop"),
        **_place("xã Tân Thành, Long An"),
        name="Hộ Lê Thị Mẫu",
        kind="Cá nhân, hộ gia đình",
        phone="không rõ",
        email="",
        tax_code_kind="person12",
        tax_code_hash="ab" * 32,
        tax_code_tail=PERSON_ID[-3:],
        licence=f"Số {PERSON_ID}",
        certificates=[],
        product_count=4,
    )
    hostile = Seller(
        **_seen(VS, "501", "shop"), **_place("Cần Giuộc, Long An"), name='Vườn <script>alert("x")</script> & Bạn'
    )
    gone = Seller(
        **_seen(NS, "co-so-da-nghi", "shop", gone_at=NOW - timedelta(days=4)),
        **_place("thị trấn Thủ Thừa, huyện Thủ Thừa, Long An"),
        name="Cơ sở Đã Nghỉ",
    )
    session.add_all([cooperative, household, hostile, gone])
    session.flush()
    ids.cooperative, ids.household = cooperative.id, household.id
    ids.hostile_seller, ids.gone_seller = hostile.id, gone.id
    for row in (cooperative, household):
        _sight(session, "seller", row.id, ids.good_run, timedelta(hours=3))
    _sight(session, "seller", hostile.id, ids.held_run, timedelta(days=9))
    _sight(session, "seller", gone.id, ids.first_run, timedelta(days=9))


def _listing(session: Session, source: str, ref: str, title: str, seller: int | None, **columns: Any) -> Listing:
    times = {name: columns.pop(name) for name in ("gone_at", "changed_at", "first_seen_at") if name in columns}
    given: dict[str, Any] = {"price_text": "26.000đ/kg", "price_vnd": 26_000, "price_status": "ok", "unit": "kg"}
    given.update(price_per_kg_vnd=26_000, group_code="02", category="Trái cây")
    if "price_text" in columns:
        given.update(price_vnd=None, price_per_kg_vnd=None, unit=None)
    row = Listing(**_seen(source, ref, "san-pham", **times), **{**given, **columns}, title=title, seller_id=seller)
    session.add(row)
    session.flush()
    return row


def _listings(session: Session, ids: Ids) -> None:
    boxed = {"price_text": "260.000đ", "price_vnd": 260_000, "unit": "thùng 10kg", "price_per_kg_vnd": 26_000}
    fruit = _listing(
        session,
        NS,
        "thanh-long-ruot-do",
        "Thanh long ruột đỏ loại 1, thùng 10 kg",
        ids.cooperative,
        **boxed,
        list_price_vnd=300_000,
        ocop_stars=4,
        certificates=["VietGAP-TT-13-05-80-0042", "Rau sạch"],
        sold=1_240,
        in_stock=True,
        category_path=["Trái cây", "Thanh long"],
        description=f"Trái 350–450 g, giao cả thùng. Liên hệ {PHONE}.",
    )
    ids.dragon_fruit = fruit.id
    for days, amount in ((40, 190_000), (20, 225_000), (2, 260_000)):
        session.add(
            PricePoint(
                listing_id=fruit.id,
                run_id=ids.first_run,
                at=NOW - timedelta(days=days),
                price_text=f"{amount}đ",
                price_vnd=amount,
                unit="thùng 10kg",
            )
        )
    for number in range(24):
        _listing(session, NS, f"thanh-long-{number}", f"Thanh long ruột trắng {number}", ids.cooperative)
    for number in range(6):
        _listing(session, NS, f"gao-{number}", f"Gạo Nàng Thơm Chợ Đào {number}", ids.household, group_code="03")
    hostile = _listing(
        session, VS, "9001", '<script>alert("x")</script> Gào & "gáo"', ids.hostile_seller, group_code=None
    )
    hostile.url = "javascript:alert(1)"
    ids.hostile = hostile.id
    _listing(session, VS, "9002", f"Chanh không hạt, gọi {PHONE}", ids.hostile_seller)
    _listing(session, VS, "9003", "=1+1 Khoai mỡ", ids.hostile_seller, group_code="01")
    ids.suspicious = _listing(
        session, NS, "gia-la", "Khoai mỡ Thạnh Hóa", ids.household, price_text="15", price_status="suspicious"
    ).id
    ids.contact = _listing(
        session, NS, "lien-he", "Nếp Thủ Thừa", ids.household, price_text=f"LH {PHONE}", price_status="contact"
    ).id
    ids.ownerless = _listing(session, VS, "9004", "Mật ong tràm", None, seller_name="Ong Tràm", group_code="08").id
    ids.gone = _listing(
        session, NS, "da-het", "Bưởi da xanh", ids.household, gone_at=NOW - timedelta(days=1), ocop_stars=3
    ).id
    for row in session.query(Listing):
        fresh = row.source == NS
        if row.gone_at is not None:
            _sight(session, "listing", row.id, ids.first_run, timedelta(days=2))
            continue
        outcome = "new" if row.id == ids.contact else "unchanged"
        run, ago = (ids.good_run, timedelta(hours=3)) if fresh else (ids.held_run, timedelta(days=9))
        _sight(session, "listing", row.id, run, ago, outcome)


def _requests(session: Session, ids: Ids) -> None:
    def post(ref: str, side: str, title: str, **columns: Any) -> int:
        gone = {"gone_at": columns.pop("gone_at")} if "gone_at" in columns else {}
        row = Request(
            **_seen(NS, ref, "ket-noi", **gone),
            **_place("Bến Lức, Long An"),
            side=side,
            title=title,
            product="Chanh không hạt",
            group_code="02",
            quantity_text="5 tấn/tuần",
            price_text="16.000 – 19.000đ/kg",
            contact="Trần Thị Mẫu",
            phone=PHONE,
            phone_key=PHONE,
            body=f"Trái 12–14 trái/kg. Gọi {PHONE}.",
            **{"posted_on": date(2026, 11, 21), "expires_on": date(2026, 12, 11), **columns},
        )
        session.add(row)
        session.flush()
        ago = timedelta(days=3) if gone else timedelta(hours=3)
        _sight(session, "request", row.id, ids.good_run, ago)
        return row.id

    ids.buy = post("mua-chanh", "buy", "Cần mua chanh không hạt loại 1")
    post("mua-gao", "buy", "Cần mua gạo Nàng Thơm", expires_on=date(2026, 11, 25), posted_on=date(2026, 11, 22))
    ids.expired = post("mua-khoai", "buy", "Cần mua khoai mỡ", expires_on=date(2026, 11, 22))
    post("ban-nep", "sell", "Cần bán nếp Thủ Thừa", expires_on=None)
    post("doi-tac", "partner", "Tìm đối tác xuất khẩu thanh long")
    ids.gone_request = post("mua-cu", "buy", "Cần mua dưa hấu", gone_at=NOW - timedelta(days=2))


def _changes(session: Session, ids: Ids) -> None:
    def change(run: int, kind: str, record: int, outcome: str, **before: Any) -> None:
        row = RecordChange(run_id=run, kind=kind, record_id=record, outcome=outcome, at=NOW, before=before)
        session.add(row)
        session.flush()

    # The price of the first run's change was changed again by the later one.
    change(ids.first_run, "listing", ids.dragon_fruit, "changed", price_text="190.000đ", price_vnd=190_000)
    change(ids.good_run, "listing", ids.dragon_fruit, "changed", price_text="225.000đ", price_vnd=225_000)
    change(
        ids.good_run,
        "seller",
        ids.cooperative,
        "changed",
        phone="0987000111",
        phone_key="0987000111",
        status="Tạm nghỉ",
    )
    change(ids.good_run, "listing", ids.hostile, "changed", description=f"Gọi {PHONE}", in_stock=True)
    change(ids.good_run, "listing", ids.gone, "gone")
    change(ids.held_run, "listing", ids.hostile, "missing")
    for number in range(8):
        session.add(
            RunProblem(
                run_id=ids.good_run,
                code="price_unreadable",
                ref=f"san-pham-{number}",
                url=f"{HOME[NS]}/san-pham/{number}",
                detail=f"“5kg 120k, gọi {PHONE}”",
            )
        )
    session.add(RunProblem(run_id=ids.good_run, code="bad_row", ref="thieu-ten", url="", detail=""))
    session.add(RunProblem(run_id=ids.good_run, code="a_code_nobody_described", ref="", url="javascript:alert(1)"))
