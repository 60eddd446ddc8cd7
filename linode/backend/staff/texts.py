"""What the pages of the log-in and of accounts say."""

from wording.texts import Texts

ICELANDIC = {
    "app": "Innskráning",
    "second_factor": "auðkenningarapp",
    "reset.action": "Endurstilla auðkenningarapp",
    "unlock.action": "Opna innskráningu",
    "role.office": "Skrifstofa: félagar, bréf og samstilling",
    "role.events": "Viðburðir: sér félaga og bréf",
    "role.mail": "Póstur: sér félaga og sendir bréf",
    "role.read-only": "Lesaðgangur: sér allt og breytir engu",
    "roles": "hlutverk",
    "rights": "stök réttindi (frá því fyrir hlutverkin)",
    "password.decorated": "Lykilorðið má ekki vera algengt orð með tölustöfum eða táknum í kring.",
    "attempts.title": "Of margar rangar tilraunir",
    "attempts.wait": "Innskráning er lokuð í bili. Reyndu aftur eftir {minutes} mín.",
    "attempts.help": (
        "Ef þú kannast ekki við þessar tilraunir skaltu láta yfirumsjón vita. "
        "Hún getur líka opnað fyrir innskráningu strax."
    ),
    "back": "Aftur á innskráningu",
    "session.over": "Innskráningin er útrunnin. Skráðu þig inn aftur.",
    "session.idle": "Þú varst skráð(ur) út því síðan var ónotuð um hríð. Skráðu þig inn aftur.",
    "session.rights": "Réttindum þínum var breytt. Skráðu þig inn aftur.",
    "session.second_factor": "Nú þarf líka kóða úr auðkenningarappi. Skráðu þig inn aftur.",
    "code.title": "Kóði úr appinu",
    "code.label": "Sex stafa kóði, eða endurheimtukóði",
    "code.help": (
        "Opnaðu auðkenningarappið í símanum og sláðu inn kóðann. "
        "Ef síminn er týndur virkar hver endurheimtukóði einu sinni; annars getur yfirumsjón hjálpað."
    ),
    "code.wrong": "Rangur kóði, eða kóði sem er búið að nota.",
    "code.recovery_used": "Endurheimtukóði var notaður; {left} eru eftir.",
    "code.send": "Áfram",
    "enrol.title": "Settu upp auðkenningarapp",
    "enrol.help": (
        "Auk lykilorðs þarf kóða úr auðkenningarappi (t.d. Aegis, 2FAS eða Google Authenticator). "
        "Skannaðu myndina með appinu eða sláðu inn lykilinn, og síðan kóðann sem appið sýnir."
    ),
    "enrol.secret": "Lykill",
    "enrol.label": "Sex stafa kóði úr appinu",
    "enrol.reminder": "Frá og með {day} þarf kóða úr auðkenningarappi til að skrá sig inn.",
    "enrol.link": "Settu það upp núna",
    "enrol.already": "Auðkenningarapp var þegar sett upp. Skráðu þig inn aftur.",
    "recovery.title": "Endurheimtukóðar",
    "recovery.help": (
        "Geymdu kóðana þar sem síminn er ekki, t.d. á blaði. Hver þeirra virkar einu sinni í stað appsins. "
        "Þeir sjást ekki aftur."
    ),
    "recovery.done": "Ég hef geymt þá",
    "renew.title": "Auðkenningarapp og endurheimtukóðar",
    "renew.help": "{left} endurheimtukóðar eru eftir. Sláðu inn kóða úr appinu, eða endurheimtukóða.",
    "renew.codes": "Nýir endurheimtukóðar",
    "renew.app": "Nýr sími",
    "confirm.title": "Staðfestu að þetta sért þú",
    "confirm.help": "Réttindum er aðeins breytt skömmu eftir að lykilorð og kóði voru slegin inn.",
    "confirm.password": "Lykilorð",
    "confirm.wrong": "Lykilorðið eða kóðinn er ekki rétt, eða kóðinn hefur verið notaður áður.",
    "confirm.again": "Engu var breytt. Staðfestu hver þú ert og reyndu svo aftur.",
    "confirm.enrol": "Settu fyrst upp auðkenningarapp; án þess breytir enginn réttindum.",
    "reset.title": "Endurstilla auðkenningarapp?",
    "reset.help": (
        "Þetta fólk setur upp nýtt app við næstu innskráningu, með lykilorðinu einu. "
        "Gakktu úr skugga um að beiðnin komi frá því sjálfu."
    ),
    "reset.send": "Endurstilla",
    "reset.done": "{name}: auðkenningarapp endurstillt.",
    "reset.own": "Þitt eigið app endurstillir önnur yfirumsjón.",
    "unlock.done": "{name} getur reynt aftur.",
}
ENGLISH = {
    "app": "Log-in",
    "second_factor": "authenticator app",
    "reset.action": "Reset second factor",
    "unlock.action": "Open the log-in",
    "role.office": "Office: members, letters and the sync",
    "role.events": "Events: sees members and letters",
    "role.mail": "Mail: sees members and sends letters",
    "role.read-only": "Read-only: sees everything and changes nothing",
    "roles": "roles",
    "rights": "single rights (from before the roles)",
    "password.decorated": "The password may not be a common word with digits or signs around it.",
    "attempts.title": "Too many wrong attempts",
    "attempts.wait": "Logging in is closed for a while. Try again in {minutes} min.",
    "attempts.help": (
        "If these attempts were not yours, tell a superuser. A superuser can also open the log-in at once."
    ),
    "back": "Back to the log-in",
    "session.over": "Your log-in has expired. Please log in again.",
    "session.idle": "You were logged out because nothing happened for a while. Please log in again.",
    "session.rights": "Your rights were changed. Please log in again.",
    "session.second_factor": "A code of an authenticator app is needed now, too. Please log in again.",
    "code.title": "Code of the app",
    "code.label": "Code of six digits, or a recovery code",
    "code.help": (
        "Open the authenticator app on your phone and enter the code. "
        "If the phone is lost, each recovery code works once; otherwise a superuser can help."
    ),
    "code.wrong": "The code is wrong, or was used before.",
    "code.recovery_used": "A recovery code was used; {left} are left.",
    "code.send": "Continue",
    "enrol.title": "Set up an authenticator app",
    "enrol.help": (
        "Besides the password, a code of an authenticator app is needed (such as Aegis, 2FAS or Google "
        "Authenticator). Scan the picture with the app or enter the key, then the code that the app shows."
    ),
    "enrol.secret": "Key",
    "enrol.label": "Code of six digits from the app",
    "enrol.reminder": "From {day} on, logging in needs a code of an authenticator app.",
    "enrol.link": "Set it up now",
    "enrol.already": "An authenticator app has been set up already. Please log in again.",
    "recovery.title": "Recovery codes",
    "recovery.help": (
        "Keep the codes where the phone is not, for example on paper. "
        "Each works once instead of the app. They are not shown again."
    ),
    "recovery.done": "I have kept them",
    "renew.title": "Authenticator app and recovery codes",
    "renew.help": "{left} recovery codes are left. Enter a code of the app, or a recovery code.",
    "renew.codes": "New recovery codes",
    "renew.app": "A new phone",
    "confirm.title": "Confirm that it is you",
    "confirm.help": "Rights are only changed a short while after password and code were entered.",
    "confirm.password": "Password",
    "confirm.wrong": "The password or the code is wrong, or the code was used before.",
    "confirm.again": "Nothing was changed. Confirm who you are, then try again.",
    "confirm.enrol": "Set up an authenticator app first; without one nobody changes rights.",
    "reset.title": "Reset the second factor?",
    "reset.help": (
        "At the next log-in these people set up a new app, with the password alone. "
        "Make sure that they themselves asked for it."
    ),
    "reset.send": "Reset",
    "reset.done": "{name}: second factor reset.",
    "reset.own": "Your own second factor is reset by another superuser.",
    "unlock.done": "{name} can try again.",
}
TEXTS = Texts(ICELANDIC, ENGLISH)
text, label = TEXTS.text, TEXTS.label
