"""What the sync says in the admin."""

from wording.texts import Texts

TEXTS = Texts(
    {
        "app": "Samstilling",
        "notice.resting": "Ekki samstillt: {reason}.",
        "notice.dead": "Ekkert er samstillt hjá þessum félaga: {reason}.",
        "notice.stopped": "Ekkert er samstillt: {reason}.",
        "erase.action": "Eyða fyrir fullt og allt (réttur til að gleymast)",
        "erase.title": "Eyða fyrir fullt og allt?",
        "erase.help": (
            "Þetta fólk fer úr félagatalinu og úr skýinu, og hvert gildi þess úr skrám, bréfum og biðröðum. "
            "Því verður ekki breytt aftur. Til að ljúka aðild án þess skaltu breyta stöðunni í staðinn."
        ),
        "erase.send": "Eyða fyrir fullt og allt",
        "erase.done": "{number} eytt.",
        "erase.moving": (
            "{kennitala} var leiðrétt nýlega og skýið hefur ekki fylgt eftir enn. Eyddu félaganum undir nýju "
            "kennitölunni, eða reyndu aftur eftir mínútu."
        ),
        "correct.title": "Leiðrétta kennitölu",
        "correct.help": (
            "Félaginn fær nýju kennitöluna hér og í skýinu, með öllu sem honum fylgir, og þarf að skrá sig "
            "inn aftur. Sláðu hana inn tvisvar. Sé hún þegar í félagatalinu skaltu sameina færslurnar í "
            "staðinn."
        ),
        "correct.send": "Leiðrétta",
        "correct.kennitala": "rétt kennitala",
        "correct.again": "og aftur",
        "correct.done": "Kennitalan var leiðrétt.",
        "correct.malformed": "Kennitala er tíu tölustafir.",
        "correct.unlike": "Kennitölurnar tvær eru ekki eins.",
        "correct.same": "Þetta er kennitalan sem félaginn hefur.",
        "correct.taken": "Önnur færsla hefur þessa kennitölu. Sameinaðu færslurnar í staðinn.",
        "correct.meanwhile": "Einhver annar breytti þessu eftir að síðan var opnuð. Ekkert var gert.",
        "correct.unfit": "Ekki er hægt að taka gildið í {field}. Leiðréttu það fyrst.",
        "unite.title": "Sameina tvær færslur",
        "unite.help": (
            "Þessi færsla verður eftir og heldur sinni kennitölu; hin hverfur, og allt sem henni fylgir fer "
            "á þessa. Gildi sem ekki eru valin eru í listanum yfir árekstra og má endurheimta þaðan."
        ),
        "unite.send": "Sameina",
        "unite.other": "kennitala hinnar færslunnar",
        "unite.field": "reitur",
        "unite.kept": "þessi færsla",
        "unite.gone": "hin færslan",
        "unite.nobody": "Engin önnur færsla hefur þessa kennitölu.",
        "unite.done": "Færslurnar voru sameinaðar.",
        "let_in.action": "Hleypa aftur inn (var eytt áður)",
        "let_in.done": "{number} hleypt aftur inn.",
        "notice.erased_before": (
            "Ekki samstillt: þessari manneskju var eytt fyrir fullt og allt. Ef hún hefur gengið aftur í "
            "félagið skaltu velja „Hleypa aftur inn“ í listanum, annars eyða henni aftur."
        ),
        "queue.pend": "Setja aftur í biðröð",
        "queue.pend.done": "{number} sett í biðröð.",
        "queue.settle": "Merkja sem samstillt",
        "queue.settle.done": "{number} merkt sem samstillt.",
        "queue.retry": "Reyna aftur það sem mistókst",
        "conflict.restore": "Endurheimta gildið sem tapaðist",
        "conflict.restored": "{field} endurheimt.",
        "conflict.refused": "{field} hjá {ssn}: {reason}.",
        "conflict.gone": "félaginn er ekki í félagatalinu",
        "conflict.given": "{field} er gefið, ekki valið",
        "conflict.required": "{field} má ekki vera autt",
        "column.error": "villa",
        "membersyncqueue": "breyting á leið í skýið",
        "membersyncqueue.many": "breytingar á leið í skýið",
        "membersyncqueue.member": "félagi",
        "membersyncqueue.action": "aðgerð",
        "membersyncqueue.fields_changed": "breyttir reitir",
        "membersyncqueue.changed_by": "breytt af",
        "membersyncqueue.rev": "útgáfa",
        "membersyncqueue.sync_status": "staða",
        "membersyncqueue.dead": "gefist upp",
        "membersyncqueue.created_at": "breytt",
        "membersyncqueue.synced_at": "samstillt",
        "membersyncqueue.next_attempt_at": "næsta tilraun",
        "membersyncqueue.retry_count": "tilraunir",
        "membersyncqueue.error_message": "villuboð",
        "membersyncqueue.leased_until": "frátekið til",
        "membersyncqueue.leased_by": "frátekið af",
        "conflict": "árekstur",
        "conflict.many": "árekstrar",
        "conflict.field": "reitur",
        "conflict.created_at": "hvenær",
        "conflict.lost_on": "tapaði hvar",
        "conflict.lost_by": "tapaði hver",
        "conflict.django_value": "gildi í Django",
        "conflict.firestore_value": "gildi í Firestore",
        "conflict.reason": "ástæða",
        "conflict.restored_at": "endurheimt",
        "conflict.restored_by": "endurheimt af",
    },
    {
        "app": "Sync",
        "notice.resting": "Not synced: {reason}.",
        "notice.dead": "Nothing of this member is synced: {reason}.",
        "notice.stopped": "Nothing is synced: {reason}.",
        "erase.action": "Erase for good (right to be forgotten)",
        "erase.title": "Erase for good?",
        "erase.help": (
            "These people leave the register and the cloud, and every value of theirs leaves logs, letters "
            "and queues. This cannot be undone. To end a membership without that, set the status instead."
        ),
        "erase.send": "Erase for good",
        "erase.done": "{number} erased.",
        "erase.moving": (
            "{kennitala} was corrected lately, and the cloud has not followed yet. Erase the member at the "
            "new kennitala, or try again in a minute."
        ),
        "correct.title": "Correct the kennitala",
        "correct.help": (
            "The member gets the new kennitala here and in the cloud, with all that belongs to them, and has "
            "to log in again. Type it twice. If the register has it already, unite the two entries instead."
        ),
        "correct.send": "Correct",
        "correct.kennitala": "right kennitala",
        "correct.again": "and again",
        "correct.done": "The kennitala was corrected.",
        "correct.malformed": "A kennitala is ten digits.",
        "correct.unlike": "The two kennitalas are not the same.",
        "correct.same": "This is the kennitala that the member has.",
        "correct.taken": "Another entry has this kennitala. Unite the two entries instead.",
        "correct.meanwhile": "Somebody else changed this since the page was opened. Nothing was done.",
        "correct.unfit": "The value of {field} cannot be taken. Correct it first.",
        "unite.title": "Unite two entries",
        "unite.help": (
            "This entry stays and keeps its kennitala; the other one goes, and all that belongs to it comes "
            "here. Values that are not chosen are among the conflicts, and can be restored from there."
        ),
        "unite.send": "Unite",
        "unite.other": "kennitala of the other entry",
        "unite.field": "field",
        "unite.kept": "this entry",
        "unite.gone": "the other entry",
        "unite.nobody": "No other entry has this kennitala.",
        "unite.done": "The entries were united.",
        "let_in.action": "Let in again (was erased before)",
        "let_in.done": "{number} let in again.",
        "notice.erased_before": (
            "Not synced: this person was erased for good. If they have joined again, choose “Let in again” "
            "in the list; else erase them again."
        ),
        "queue.pend": "Mark as pending",
        "queue.pend.done": "{number} marked pending.",
        "queue.settle": "Mark as synced",
        "queue.settle.done": "{number} marked synced.",
        "queue.retry": "Retry failed and dead ones",
        "conflict.restore": "Restore the lost value",
        "conflict.restored": "{field} restored.",
        "conflict.refused": "{field} of {ssn}: {reason}.",
        "conflict.gone": "the member is not in the register",
        "conflict.given": "{field} is given, not chosen",
        "conflict.required": "{field} cannot be empty",
        "column.error": "error",
        "membersyncqueue": "change on its way to the cloud",
        "membersyncqueue.many": "changes on their way to the cloud",
        "membersyncqueue.member": "member",
        "membersyncqueue.action": "action",
        "membersyncqueue.fields_changed": "changed fields",
        "membersyncqueue.changed_by": "changed by",
        "membersyncqueue.rev": "revision",
        "membersyncqueue.sync_status": "status",
        "membersyncqueue.dead": "given up",
        "membersyncqueue.created_at": "changed",
        "membersyncqueue.synced_at": "synced",
        "membersyncqueue.next_attempt_at": "next attempt",
        "membersyncqueue.retry_count": "attempts",
        "membersyncqueue.error_message": "error message",
        "membersyncqueue.leased_until": "taken until",
        "membersyncqueue.leased_by": "taken by",
        "conflict": "conflict",
        "conflict.many": "conflicts",
        "conflict.field": "field",
        "conflict.created_at": "when",
        "conflict.lost_on": "lost on",
        "conflict.lost_by": "lost by",
        "conflict.django_value": "value in Django",
        "conflict.firestore_value": "value in Firestore",
        "conflict.reason": "reason",
        "conflict.restored_at": "restored",
        "conflict.restored_by": "restored by",
    },
)
text, label = TEXTS.text, TEXTS.label
