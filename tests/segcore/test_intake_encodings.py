"""The encoding of an export is told by its words, in the languages that exports come in."""

import pytest

from segcore.intake.files.encodings import guess_encoding

EXPORTS = {
    "Portuguese": ("cp1252", "Data;Pedido;Cidade;Produto;Qtd;Valor unitário;Preço", "Cães;Ração;Tapete higiênico;Fonte de água"),
    "Spanish": ("cp1252", "Fecha;Artículo;Categoría;Teléfono;Año", "Jamón;Piña;Niño;Azúcar"),
    "French": ("cp1252", "Numéro;Référence;Désignation;Quantité;Prénom", "Crème brûlée;Pâté;Thé vert;Bœuf"),
    "German": ("cp1252", "Menge;Größe;Straße;Verkäufer;Gebühr", "Müsli;Käse;Süßmost;Öl"),
    "Swedish": ("cp1252", "Kundnummer;Försäljning;Märke;Värde", "Räksmörgås;Kött;Ägg;Blåbär"),
    "Italian": ("cp1252", "Città;Quantità;Unità;Età", "Caffè;Tè;Ragù;Tiramisù"),
    "Danish": ("cp1252", "Beløb;Køb;Mængde;Måned", "Smørrebrød;Pålæg;Æg;Kød"),
    "Finnish": ("cp1252", "Määrä;Päivä;Myyjä;Hinta", "Mämmi;Pähkinä;Öljy;Leipä"),
    "Polish": ("cp1250", "Ilość;Wartość;Zamówienie;Źródło", "Żurek;Pączki;Śledź;Łosoś"),
    "Czech": ("cp1250", "Množství;Zákazník;Číslo;Částka", "Řízek;Svíčková;Šunka;Kuře"),
    "Hungarian": ("cp1250", "Mennyiség;Vevő;Összeg;Termék", "Gulyás;Tejföl;Kolbász;Főzelék"),
    "Russian": ("cp1251", "Клиент;Товар;Количество;Сумма", "Молоко;Хлеб;Сыр;Масло"),
    "Greek": ("cp1253", "Πελάτης;Προϊόν;Ποσότητα", "Γάλα;Ψωμί;Τυρί"),
    "Turkish": ("cp1254", "Müşteri;Ürün;Miktar;Sipariş", "Çay;Şeker;İçecek;Bağ"),
    "Japanese": ("shift_jis", "顧客;商品;数量;金額", "牛乳;パン;チーズ;お茶"),
    "Chinese": ("gb18030", "客户;产品;数量;金额", "牛奶;面包;奶酪;茶"),
    "Korean": ("euc_kr", "고객;상품;수량;금액", "우유;빵;치즈;차"),
}  # fmt: skip


@pytest.mark.parametrize("language", EXPORTS)
@pytest.mark.parametrize("titled", [False, True])
def test_words_tell_the_encoding(language, titled):
    encoding, header, names = EXPORTS[language]
    lines = [f"{number};{name};1,50" for number, name in enumerate(names.split(";") * 3)]
    title = [f"{header.split(';')[-1]}: 01/01/2026 – 30/10/2026".replace("–", "-")] if titled else []
    text = "\r\n".join([*title, header, *lines])
    raw = text.encode(encoding)
    assert raw.decode(guess_encoding(raw.split(b"\r\n"))) == text
