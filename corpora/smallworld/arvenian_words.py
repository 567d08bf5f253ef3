"""The dictionary of Arvenian, the second language of smallworld: English word -> stem.

Words of smallworld that are not here are not spoken of. `_` joins what is written as two words:
of nouns, verbs and adjectives only one of the two is inflected, see `arvenian`. A noun is feminine
if it ends in -a, else masculine; kings and queens go by their sex, all else by chance.
"""


def _entries(table: str) -> dict[str, str]:
    """Read "english stem, english stem" over several lines."""
    return dict(entry.split() for entry in table.replace("\n", " ").split(", "))


NOUNS = _entries("""cook leduma, farmer budoka, doctor duzum, teacher sulbel, painter fipas,
baker selam, sailor resviv, singer nivera, knight kustos, driver davin, judge nalnal, thief ninar,
dog feszoma, cat muzos, horse lodena, bear gakila, hare pitula, owl zusmoma, fox magona,
goat rarem, wolf raron, mouse lundav, apple nosdem, pear tipar, plum pivus, cherry zanfira,
lemon vurera, onion terlal, potato nirnita, leek delev, carrot rasvam, bean vemim,
onion_soup tostana, pear_salad farvev, apple_pie lebana, bean_soup zekes, lemon_tart vunpona,
cake tiszun, loaf pulvel, bun pupara, pie bavava, roll purnuv, violin guzona, piano moseka,
drum sitina, flute fomon, guitar zerpota, song lilbiva, tune bonpam, ballad vekil,
lullaby lilbiva_dora, letter pusdil, book folbasa, poem zelzava, tale pobur, novel figis,
train gikil, cart bapor, bus dospir, lorry lerlana, bicycle bapor_tidu, boat sirbona, ship nanluta,
ferry kebika, raft kupama, plane demasa, balloon garviva, glider tuzuk, kite vuzura, crown bemol,
ring surkav, sword tutos, coin zigov, clock dorem, mirror libola, portrait sarkusa, map nardola,
landscape sarkusa_lando, mural denfus, flower tirnola, rose nosteka, tree lalika, tulip ganlaka,
shoe zulmila, glove bikota, boot lolpur, sock bosiva, garden permisa, church tikoka, bridge sepora,
castle lopera, market lulgis, school gasmura, tower lasrin, mill pelgok, lighthouse lasrin_lumo,
king rilun, queen mefoka, princess nazusa, prince pilar, duke penur, duchess dunrura""")

ADJECTIVES = _entries("""old nalzuv, young gafum, tired tober, famous birap, clever konsev,
polite pelet, lonely nur_sol, black nolg, small kunes, hungry gekim, white nunol, wild tarnim,
ripe kand, fresh nentol, sweet golbom, large radov, hot sasfom, warm zank, broken nesb, sad kalg,
slow berel, long desm, short binmat, strange donv, red perut, empty fenfun, blue dokel,
leaky zezon, silver borl, golden sisfal, heavy norvuv, dark dosem, tall luvuk, yellow kurl,
wet finfim, woollen bikuk, new liser, beautiful doras, ugly rosb, fine denv, happy zuner,
afraid vafor, angry bolz""")
OLD_THING = "sodir"
"""What old is of things; people and animals are nalzuv."""
OWN = "sev"
"""His, her, its and their own, an adjective."""

VERBS = _entries("""make dikuk, taste gergot, peel muszul, boil memum, slice fafam, grow zandem,
feed senel, pick teszus, sell finem, count purus, mend nirtos, repair ur_nirtos, visit finkem,
heal dirn, wake vorn, see gos, examine bi_gos, help moron, draw lasdas, explain fezuv,
praise tolpik, paint nerpat, admire kisab, bake migik, buy pesgen, burn dezet, steer zosvun,
lose kismum, sing lenbat, play fusar, wear nimun, guard tulgor, ride tokor, polish nolon,
chase fuziv, drive nisim, wash lasim, follow zinv, thank den_tolpik, steal solug, hide saltuk,
eat bobar, sleep palar, laugh soruv, cry nemal, shout rebin, run bamis, yawn felis, know suzes,
claim furz, bark sokul, purr nuluv, growl garil, howl sunet, squeak raguv, be es""")
BEAST_EATS = "grozul"
"""How animals eat; people do bobar."""

ADVERBS = _entries("""slowly banub, gladly beniv, quietly kolin, often velut, secretly zeltev,
proudly sirgan, carefully binav, finally loful, never ni_velut, happily fasav, always tut_velut,
hastily fugum""")

TIMES: dict[str, dict[str, str]] = {
    "past": _entries("""yesterday roger, last_night zanepol, last_week bugarol, long_ago kerbet,
this_morning fanop"""),
    "present": _entries("every_night zanep, every_week bugar, today di_fanop, now tezuv"),
}
"""When, by the tense that follows; last night is one word."""

PREPOSITIONS = _entries("in en, near pres, behind retu, under subu")
PLACES = _entries("by_the_sea marizol, at_home domu, far_away ge_pres")
COUNTS = _entries("two tolaz, three dosid, four fufuv, five fasir, six bingik, seven lorp")
CONJUNCTIONS = _entries("and ed, but sem, while dum")
