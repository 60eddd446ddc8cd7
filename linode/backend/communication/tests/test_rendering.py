"""What a letter says to each of its recipients."""

from email import message_from_bytes, policy

from django.test import TestCase, override_settings
from membership.tests.members import make_member

from communication import leaving, markdown_text, message, person_fields
from communication.confirming import confirm
from communication.models import Email
from communication.rendering import Rendering
from communication.tests.letters import make_letter

ODD = "Þór *Æ* <b>{link}</b> & [x](y)"


class MarkdownTests(TestCase):
    """Both forms of a text."""

    def test_plain_text(self):
        written = (
            "# Fundur\n\nKæru **félagar**,\nsjáumst.\n\n- [dagskrá](https://x.is/d)\n- kaffi\n\n"
            "1. eitt\n2. tvö\n   * inni\n\n> orð\n> önnur\n\n---\n\n<https://y.is>\n\n    kóði\n"
        )
        self.assertEqual(
            markdown_text.as_text(written),
            "Fundur\n\nKæru félagar,\nsjáumst.\n\n- dagskrá (https://x.is/d)\n\n- kaffi\n\n"
            "1. eitt\n\n2. tvö\n\n   - inni\n\n> orð\n> önnur\n\n--------------------\n\nhttps://y.is\n\nkóði\n",
        )

    def test_html_is_shown_and_not_run_and_links_go_to_the_web(self):
        shown = markdown_text.as_html("<script>x</script>\n\n[a](javascript:alert(1)) [b](https://x.is)")
        self.assertNotIn("<script", shown)
        self.assertNotIn('href="javascript', shown)
        self.assertIn('href="https://x.is"', shown)


class FieldTests(TestCase):
    """Names and links of recipients."""

    def test_what_is_in_a_name_is_neither_markdown_nor_html_nor_a_field(self):
        letter = make_letter(subject="{nafn}", body="Sæl {name}, {fornafn}! [síða]({tengill})")
        comrade = make_member(name=ODD)
        subject, plain, html = Rendering(letter).for_member(comrade)
        link = leaving.address(comrade.pk)
        self.assertEqual(subject, ODD)
        self.assertIn("Sæl {}, Þór! síða ({})".format(ODD, link), plain)
        self.assertIn("Sæl Þór *Æ* &lt;b&gt;{link}&lt;/b&gt; &amp; [x](y), Þór!", html)
        self.assertIn('<a href="{}">síða</a>'.format(link), html)

    def test_unknown_fields_are_named(self):
        self.assertEqual(person_fields.unknown("{kennitala} {name} [x]({simi}) {1}"), ["kennitala", "simi"])


class MessageTests(TestCase):
    """The message as it travels, read by Python's own parser of mail."""

    def sent(self, **values):
        comrade = make_member(name="Þórdís Ævarsdóttir-Öxndal")
        letter = make_letter(comrade, **values)
        letter.approved_by_id = None
        Email.objects.filter(pk=letter.pk).update(kind=letter.kind)
        if not letter.is_required:
            confirm(letter, 1)
            delivery = letter.deliveries.get()
        else:
            delivery = letter.deliveries.create(comrade=comrade)
        raw = message.build(Rendering(letter), delivery, "thordis@example.is")
        return raw, message_from_bytes(raw, policy=policy.default), delivery

    def test_icelandic_in_every_header_and_both_parts(self):
        subject = "Aðalfundur: æ, ö og þ " + "á" * 120
        raw, parsed, delivery = self.sent(subject=subject, body="Kæra {nafn} 🎉\n\n" + "á" * 3000 + "\n\n.\n")
        self.assertEqual(parsed["Subject"], subject)
        self.assertIn("Þórdís Ævarsdóttir-Öxndal", parsed["To"])
        self.assertEqual(parsed["Message-ID"], "<{}@example.is>".format(delivery.token.hex))
        self.assertEqual(parsed.get_content_type(), "multipart/alternative")
        plain, html = parsed.iter_parts()
        self.assertEqual([plain.get_content_type(), html.get_content_type()], ["text/plain", "text/html"])
        self.assertIn("Kæra Þórdís Ævarsdóttir-Öxndal 🎉", plain.get_content())
        self.assertIn("á" * 3000, html.get_content())
        lines = raw.split(b"\r\n")
        self.assertLessEqual(max(map(len, lines)), 998)
        self.assertFalse(any(b"\n" in line or b"\r" in line for line in lines))
        raw.decode("ascii")

    def test_news_can_be_left_by_one_click(self):
        _, parsed, delivery = self.sent()
        self.assertEqual(parsed["List-Unsubscribe"], "<{}>".format(leaving.address(delivery.comrade_id)))
        self.assertEqual(parsed["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")

    def test_what_members_must_get_says_why_it_came_and_has_no_such_link(self):
        _, parsed, _ = self.sent(kind=Email.REQUIRED, reason="aðalfundur er boðaður")
        self.assertIsNone(parsed["List-Unsubscribe"])
        text = parsed.get_body(("plain",)).get_content()
        self.assertIn("Ástæðan: aðalfundur er boðaður", text)
        self.assertIn("The reason: aðalfundur er boðaður", text)

    def test_a_subject_cannot_add_a_header(self):
        _, parsed, _ = self.sent(subject="Fundur\r\nBcc: allir@example.is")
        self.assertIsNone(parsed["Bcc"])

    def test_addresses(self):
        self.assertEqual(message.envelope_address("jon@bücher.is"), "jon@xn--bcher-kva.is")
        for wrong in ("jón@example.is", "jon", "@example.is", "jon@" + "x" * 70 + ".is"):
            with self.assertRaises(message.AddressError, msg=wrong):
                message.envelope_address(wrong)

    @override_settings(MAIL={})
    def test_a_preview_needs_no_mail_server(self):
        self.assertIn("Jón", Rendering(make_letter()).for_member(make_member())[1])
