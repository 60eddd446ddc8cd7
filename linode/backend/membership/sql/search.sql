-- What a member is found by: words, folded as `search_letters` says, of three tables, in one row for each member.
-- Whoever searches has their words folded by the same functions (search.py).

CREATE TABLE membership_searchentry (
    comrade_id integer PRIMARY KEY REFERENCES membership_comrade (id) ON DELETE CASCADE,
    words tsvector NOT NULL DEFAULT ''
);
-- An entry has ten words or so: written at once, they cost little, and no search reads a list of what is left to do.
CREATE INDEX search_words ON membership_searchentry USING gin (words) WITH (fastupdate = off);

-- A text in small letters without accents. Letters that are no letter with an accent become what people type on
-- a keyboard that lacks them: ð is d, þ is th. Neither an extension nor the database's locale is needed.
CREATE FUNCTION search_letters(value text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN value !~ '[^ -~]' THEN lower(value COLLATE "C")
        ELSE lower(replace(replace(replace(replace(translate(
            value,
            -- The longer table costs more: each letter is looked for from its beginning.
            CASE WHEN value !~ '[^ -~\u00a0-\u017f]' THEN
                'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞàáâãäåçèéêëìíîïðñòóôõöøùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĲĴĵĶķĹĺĻļĽľĿŁłŃńŅņŇňŊŌōŎŏŐőŒŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſ'
            ELSE
                'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞàáâãäåçèéêëìíîïðñòóôõöøùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĲĴĵĶķĹĺĻļĽľĿŁłŃńŅņŇňŊŌōŎŏŐőŒŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƠơƢƤƦƧƩƬƮƯưƱƲƳƵƷƸƼǄǅǇǈǊǋǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǞǟǠǡǢǣǤǦǧǨǩǪǫǬǭǮǯǰǱǲǴǵǶǷǸǹǺǻǼǽǾǿȀȁȂȃȄȅȆȇȈȉȊȋȌȍȎȏȐȑȒȓȔȕȖȗȘșȚțȜȞȟȠȢȤȦȧȨȩȪȫȬȭȮȯȰȱȲȳȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲʹͶͿΆΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίΰςϊϋόύώϏϐϑϓϔϕϖϘϚϜϞϠϢϤϦϨϪϬϮϰϱϴϵϷϹϺϽϾϿЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯйѐёѓїќѝўѠѢѤѦѨѪѬѮѰѲѴѶѷѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӁӂӃӅӇӉӋӍӐӑӒӓӔӖӗӘӚӛӜӝӞӟӠӢӣӤӥӦӧӨӪӫӬӭӮӯӰӱӲӳӴӵӶӸӹӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮḀḁḂḃḄḅḆḇḈḉḊḋḌḍḎḏḐḑḒḓḔḕḖḗḘḙḚḛḜḝḞḟḠḡḢḣḤḥḦḧḨḩḪḫḬḭḮḯḰḱḲḳḴḵḶḷḸḹḺḻḼḽḾḿṀṁṂṃṄṅṆṇṈṉṊṋṌṍṎṏṐṑṒṓṔṕṖṗṘṙṚṛṜṝṞṟṠṡṢṣṤṥṦṧṨṩṪṫṬṭṮṯṰṱṲṳṴṵṶṷṸṹṺṻṼṽṾṿẀẁẂẃẄẅẆẇẈẉẊẋẌẍẎẏẐẑẒẓẔẕẖẗẘẙẛẞẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹỺỼỾ'
                '̴̵̶̷̸̡̢̧̨̛̖̗̘̙̜̝̞̟̠̣̤̥̦̩̪̫̬̭̮̯̰̱̲̳̹̺̻̼͇͈͉͍͎̀́̂̃̄̅̆̇̈̉̊̋̌̍̎̏̐̑̒̓̔̽̾̿̀́͂̓̈́͆͊͋͌̕̚ͅ͏͓͔͕͖͙͚͐͑͒͗͛ͣͤͥͦͧͨͩͪͫͬͭͮͯ͘͜͟͢͝͞͠͡'
            END,
            CASE WHEN value !~ '[^ -~\u00a0-\u017f]' THEN
                'aaaaaaæceeeeiiiidnoooooouuuuyþaaaaaaceeeeiiiidnoooooouuuuyyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiĳjjkkllllllŀllnnnnnnŋooooooœrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs'
            ELSE
                'aaaaaaæceeeeiiiidnoooooouuuuyþaaaaaaceeeeiiiidnoooooouuuuyyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiĳjjkkllllllŀllnnnnnnŋooooooœrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzsɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵooƣƥʀƨʃƭʈuuʊʋƴƶʒƹƽǆǆǉǉǌǌaaiioouuuuuuuuuuaaaaææǥggkkooooʒʒjǳǳggƕƿnnaaææooaaaaeeeeiiiioooorrrruuuussttȝhhƞȣȥaaeeooooooooyyⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳʹͷϳαεηιουωιαβγδεζηθικλμνξοπρστυφχψωιυαεηιυσιυουωϗβθϒϒφπϙϛϝϟϡϣϥϧϩϫϭϯκρθεϸϲϻͻͼͽееђгєѕііјљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюяиеегікиуѡѣѥѧѩѫѭѯѱѳѵѵѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏжжӄӆӈӊӌӎааааӕееәәәжжззӡииииооөөөээууууууччӷыыӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯaabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwysßaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyỻỽỿ'
            END
        ), 'æ', 'ae'), 'þ', 'th'), 'œ', 'oe'), 'ß', 'ss') COLLATE "C")
    END
$$;

-- The words of a text: what stands between spaces, hyphens and other marks.
CREATE FUNCTION search_words(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_remove(regexp_split_to_array(
        search_letters(value), '[\s!-/:-@\[-`{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f]+'
    ), '')
$$;

-- A phone number's digits; one in Iceland without the country's code, as the register holds it.
CREATE FUNCTION search_phone(value text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(regexp_replace(regexp_replace(value, '[^0-9]', '', 'g'), '^00', ''), '^354(?=[0-9]{7}$)', '')
$$;

-- Writes the entries of these members. Each is locked before it is read from the three tables: the statement
-- after the lock sees what others have committed until then.
CREATE FUNCTION search_renew(ids integer[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO membership_searchentry (comrade_id)
    SELECT id FROM membership_comrade WHERE id = ANY(ids) ORDER BY id
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM membership_searchentry WHERE comrade_id = ANY(ids) ORDER BY comrade_id FOR UPDATE;
    UPDATE membership_searchentry AS entry
    SET words = found.words
    FROM (
        SELECT comrade.id, array_to_tsvector(array_remove(array_remove(
            search_words(comrade.name)
            || search_words(coalesce(address.city, '') || ' ' || coalesce(address.postal_code, ''))
            -- The star tells a day from a number.
            || ARRAY['*' || to_char(comrade.birthday, 'YYYYMMDD'), comrade.ssn::text]
            || ARRAY[search_phone(contact.phone), search_phone(contact.foreign_phone)]
            || ARRAY[search_letters(trim(contact.email))],
            ''), NULL)) AS words
        FROM membership_comrade AS comrade
        LEFT JOIN membership_contactinfo AS contact ON contact.comrade_id = comrade.id
        LEFT JOIN membership_simpleaddress AS address ON address.comrade_id = comrade.id
        WHERE comrade.id = ANY(ids)
    ) AS found
    WHERE entry.comrade_id = found.id AND entry.words <> found.words;
END
$$;

-- Triggers of membership_comrade.
CREATE FUNCTION search_member_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_renew(ARRAY(SELECT id FROM rows_after));
    ELSE
        PERFORM search_renew(ARRAY(SELECT changed.id FROM (
            SELECT id, name, ssn, birthday FROM rows_after EXCEPT SELECT id, name, ssn, birthday FROM rows_before
        ) AS changed));
    END IF;
    RETURN NULL;
END
$$;

-- Triggers of the tables that hold more of a member. A row may change its owner; a deleted one is missed.
CREATE FUNCTION search_detail_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_renew(ARRAY(SELECT comrade_id FROM rows_after));
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM search_renew(ARRAY(SELECT comrade_id FROM rows_before));
    ELSE
        PERFORM search_renew(ARRAY(
            SELECT changed.comrade_id FROM (TABLE rows_after EXCEPT TABLE rows_before) AS changed
            UNION
            SELECT changed.comrade_id FROM (TABLE rows_before EXCEPT TABLE rows_after) AS changed
        ));
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER search_inserted AFTER INSERT ON membership_comrade
REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE PROCEDURE search_member_changed();
CREATE TRIGGER search_updated AFTER UPDATE ON membership_comrade
REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE PROCEDURE search_member_changed();

CREATE TRIGGER search_inserted AFTER INSERT ON membership_contactinfo
REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE PROCEDURE search_detail_changed();
CREATE TRIGGER search_updated AFTER UPDATE ON membership_contactinfo
REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE PROCEDURE search_detail_changed();
CREATE TRIGGER search_deleted AFTER DELETE ON membership_contactinfo
REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE PROCEDURE search_detail_changed();

CREATE TRIGGER search_inserted AFTER INSERT ON membership_simpleaddress
REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE PROCEDURE search_detail_changed();
CREATE TRIGGER search_updated AFTER UPDATE ON membership_simpleaddress
REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE PROCEDURE search_detail_changed();
CREATE TRIGGER search_deleted AFTER DELETE ON membership_simpleaddress
REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE PROCEDURE search_detail_changed();
