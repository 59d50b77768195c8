"""Which column says what a line is, so that lines that are no purchases can be told: by status, event or type."""

from __future__ import annotations

from collections.abc import Mapping

from segcore.intake.columns.columns import Guess
from segcore.intake.columns.vocabulary import words_of
from segcore.intake.files.text_table import Column, TextTable

MOST_LABELS = 40  # what says the kind of a line has few values

# Whole labels, lower case, without blanks and signs: the order was undone, …
_UNDONE = (
    "cancelled canceled cancel cancellation refunded refund void voided failed draft declined rejected chargeback aborted "
    "storniert storno abgebrochen erstattet zurückerstattet rückerstattet fehlgeschlagen entwurf abgelehnt annulliert "
    "annulé annulée remboursé remboursée échoué échouée échec brouillon refusé refusée "
    "anulado anulada reembolsado reembolsada fallido fallida borrador rechazado rechazada "
    "cancelado cancelada estornado estornada falhou rascunho recusado recusada "
    "annullato annullata rimborsato rimborsata fallito fallita bozza rifiutato rifiutata stornato stornata "
    "geannuleerd terugbetaald mislukt geweigerd avbruten makulerad återbetald misslyckad utkast avvisad "
    "annulleret refunderet kladde afvist kansellert avbrutt refundert peruttu peruutettu hyvitetty hylätty "
    "anulowane anulowano anulowany zwrócone zwrócono odrzucone nieudane zrušeno zrušena stornováno vráceno "
    "отменен отменён отменено отмена возврат возвращен возвращён аннулирован аннулировано отклонен отклонён черновик "
    "iptal iptaledildi iadeedildi reddedildi törölve visszatérítve elutasítva ακυρώθηκε ακυρωμένη επιστράφηκε ملغي ملغى مسترد "
    "已取消 取消 已退款 退款 交易关闭 已关闭 支付失败 キャンセル キャンセル済み 返金 返金済み 取消 취소 취소됨 환불 환불됨"
)
# … or may have been: a customer or a product can be called so too
_GONE = "lost closedlost deleted expired abandoned verloren gelöscht abgelaufen perdu perdido perdida perso persa tabt förlorad"
# somebody only looked, or put something into a cart
_LOOKED = (
    "view viewed views viewitem viewproduct productview productviewed pageview pv detail detailview click clicked impression "
    "cart addtocart addcart addedtocart removefromcart removecart viewcart wishlist addtowishlist favorite favourite fav "
    "search sessionstart begincheckout checkoutstarted login ansicht angesehen warenkorb indenwarenkorb vue panier "
    "ajoutaupanier vista carrito añadiralcarrito visualização carrinho visualizzazione carrello bekeken winkelwagen "
    "просмотр корзина görüntüleme sepet 浏览 加购 收藏 閲覧 カート 조회 장바구니"
)
# the line beside the goods
_BESIDE = (
    "shipping shippingline shippingcost shippingfee freight postage tax salestax vat fee fees surcharge discount coupon "
    "voucher giftcard giftcards giftcertificate deposit tip gratuity payout payment adjustment donation "
    "versand versandkosten porto steuer mwst gebühr rabatt gutschein pfand trinkgeld geschenkkarte zahlung "
    "fraisdeport taxe remise cartecadeau consigne pourboire envío gastosdeenvío impuesto descuento cupón "
    "tarjetaregalo propina frete imposto desconto cupom spedizione tassa sconto mancia verzending verzendkosten korting "
    "btw cadeaubon frakt moms fragt gebyr toimitus доставка налог скидка kargo vergi indirim 运费 税 折扣 送料 배송비"
)
# a purchase, for headers that nobody knows: there every label must be known
_BOUGHT = (
    "completed complete paid shipped delivered fulfilled closed closedwon won done ok success succeeded transaction "
    "purchase purchased buy bought order sale sold lineitem item product line bezahlt abgeschlossen versandt geliefert "
    "kauf artikel payé payée livré livrée terminé expédié article pagado pagada completado completada enviado entregado "
    "pago concluído enviada pagato completato spedito consegnato betaald voltooid verzonden geleverd betald levererad "
    "betalt levert leveret maksettu toimitettu opłacone zrealizowane wysłane zaplaceno odesláno оплачен оплачено доставлен "
    "выполнен покупка ödendi tamamlandı teslimedildi fizetve teljesítve πληρώθηκε ολοκληρώθηκε مدفوع مكتمل "
    "已完成 已付款 交易成功 已发货 購入 完了 発送済み 支払済み 구매 완료 배송완료 결제완료"
)

_STATUS = set(
    "status state stage fulfillment fulfilment outcome result zustand statut état etat estado stato stan stav durum állapot "
    "tila κατάσταση статус состояние الحالة 状态 状態 ステータス 상태 处理状态".split()
)
_EVENT = set(
    "event events action activity behavior behaviour interaction ereignis aktion événement évènement evento acción ação azione "
    "händelse hændelse событие действие olay 行为 行为类型 事件 イベント 행동".split()
)
_TYPE = set("type kind typ art tipo soort slag тип tür türü τύπος 类型 種類 種別 유형".split())
# Whose status or type it is, where it is not the line's
_OF_PEOPLE = set(
    "customer client member account user household marital kunde kunden cliente kund klant клиент müşteri".split()
)
_OF_THE_WAY = set(
    "payment pay paid tender card shipping delivery order channel sales price tax discount zahlung zahlungs versand paiement "
    "livraison pago envío pagamento spedizione betaling verzending".split()
)


def _known(labels: str) -> frozenset[str]:
    return frozenset(labels.split())


UNDONE, GONE, LOOKED, BESIDE, BOUGHT = map(_known, (_UNDONE, _GONE, _LOOKED, _BESIDE, _BOUGHT))


def plain(label: str) -> str:
    """A label as the lists have it: ``Add to cart`` and ``add_to_cart`` → addtocart."""
    return "".join(words_of(label))


def no_purchases(header: str, labels: tuple[str, ...], *, of_products: bool = False) -> frozenset[str]:
    """The labels of a column that say a line is no purchase; empty where the column says no such thing.

    Parameters
    ----------
    header : str
    labels : tuple of str
        The distinct values of the column.
    of_products : bool
        Whether the column follows from the product: a product can be shipping, but no product is cancelled.
    """
    told = {label: plain(label) for label in labels if label}
    found = {label for label, said in told.items() if said in _meant(header, of_products)}
    if not found and not of_products and _is_nothing_known(header):
        found = _told_by_all(told)
    return frozenset(found) if len(found) < len(told) else frozenset()


def _told_by_all(told: Mapping[str, str]) -> set[str]:
    """Under a header that nobody knows every label must be known, and one of them speak of a purchase."""
    everything, said = UNDONE | LOOKED | BESIDE, set(told.values())
    if not said & BOUGHT or said - everything - BOUGHT:
        return set()
    return {label for label, plainly in told.items() if plainly in everything}


def _meant(header: str, of_products: bool) -> frozenset[str]:
    """What can be no purchase under this header."""
    words = set(words_of(header))
    if words & _OF_PEOPLE:
        return frozenset()
    if of_products:
        return BESIDE if words & _TYPE else frozenset()
    meant: frozenset[str] = frozenset()
    if words & _STATUS:
        meant |= UNDONE | GONE
    if words & _EVENT:
        meant |= LOOKED | UNDONE
    if words & _TYPE and not words & _OF_THE_WAY:
        meant |= BESIDE | LOOKED | UNDONE
    return meant


def _is_nothing_known(header: str) -> bool:
    words = set(words_of(header))
    return not words & (_STATUS | _EVENT | _TYPE | _OF_PEOPLE | _OF_THE_WAY)


def line_kind(sample: TextTable, known: Mapping[str, Guess], described: Mapping[str, Guess]) -> str | None:
    """The column that says which lines are no purchases, from its header and its labels; None where none does.

    Parameters
    ----------
    sample : TextTable
        Rows of the lines' table.
    known, described : mapping of column to (role, reason)
        What is already known of the columns: those with a role are passed over.
    """
    for name, column in sample.columns.items():
        of_products = described.get(name, ("", ""))[0] == "product attribute"
        if name not in known and no_purchases(name, labels_of(column), of_products=of_products):
            return name
    return None


def labels_of(column: Column) -> tuple[str, ...]:
    """The distinct values of a column that are used; none where they are too many to be kinds."""
    used = column.texts[column.counts > 0]
    return tuple(map(str, used)) if len(used) <= MOST_LABELS else ()
