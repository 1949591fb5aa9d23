"""What is declared by hand of the World Port Index's ports: codes, places, ports that are one.

A port is named by its country and its name in the World Port Index, with `@` and whole degrees of
latitude after it where two ports of a country have one name. Names are in ports_names.csv, ports
that no source has in ports_added.csv.
"""

# Parts of names that the English name does without, by country: `Yokohama Ko` is Yokohama's port.
ENDINGS = {
    "CN": [" Gang"],
    "GB": [" Harbour", " Harbor"],
    "JP": [" Ko"],
    "KR": [" Hang"],
    "KP": [" Hang"],
}

# Words that stay small within a name.
SMALL_WORDS = {
    "aux", "da", "das", "de", "dei", "del", "della", "der", "des", "di", "do", "dos", "du", "en",
    "i", "na", "o", "of", "on", "sur", "the", "upon", "van", "y",
}
# Words written otherwise than with one capital.
WORDS = {"Lng": "LNG", "Lpg": "LPG", "Loop": "LOOP", "Psvm": "PSVM", "Nj": "NJ", "Mcmurdo": "McMurdo"}

# UN/LOCODE's code where the World Port Index has another: (main code, other codes). Those of
# countries from GA on are in UN/LOCODE 2024-2 at the place of the port with function 1.
CODES = {
    # Before GA, from general knowledge.
    ("AE", "Al Fujayrah"): ("AEFJR", []),
    ("BR", "Porto De Mucuripe"): ("BRFOR", []),
    ("CN", "Shanghai"): ("CNSHA", ["CNSGH"]),
    ("CN", "Ningbo"): ("CNNGB", ["CNNBO"]),
    ("CN", "Qingdao Gang"): ("CNTAO", ["CNQIN"]),
    ("CN", "Dalian"): ("CNDAL", ["CNDLC"]),
    ("CN", "Xiamen"): ("CNXMG", ["CNXMN"]),
    ("CN", "Tianjin Xin Gang"): ("CNTXG", ["CNTSN"]),
    ("CN", "Guangzhou"): ("CNGGZ", ["CNCAN"]),
    ("DO", "Andres (Andres Lng Terminal)"): ("DOBCC", ["DOCAU"]),
    # searoute's port table, and others after it, have KPNJN.
    ("KP", "Najin"): ("KPRJN", ["KPNJN"]),
    # The World Port Index's code is not a port's in UN/LOCODE, or is of a part of the port.
    ("GB", "Portland Harbour"): ("GBPTL", ["GBPRH"]),
    ("GI", "Europa Point"): ("GIGIB", []),
    ("GQ", "Cogo"): ("GQCOG", []),
    ("GR", "Aigio"): ("GRAEN", ["GRGIE"]),
    ("GR", "Milos"): ("GRADL", ["GRMLO"]),
    ("GR", "Pilos"): ("GRPYL", ["GRNAV"]),
    ("GT", "Santo Tomas De Castilla"): ("GTSTC", ["GTIZ4"]),
    ("IE", "Dublin"): ("IEDUB", ["IEMTL"]),
    ("IN", "Kochi (Cochin)"): ("INCOK", ["INKOC"]),
    ("IN", "Vishakhapatnam"): ("INVTZ", ["INNRP"]),
    ("IT", "Porto Di Corsini"): ("ITRAN", ["ITPCS"]),
    ("JP", "Hibikinada"): ("JPHBI", ["JBHBI"]),
    ("LY", "Al Burayqah"): ("LYLMQ", ["LYMBR"]),
    ("LY", "Khoms"): ("LYKHO", ["LYKHM"]),
    ("MV", "Male"): ("MVMLE", ["MVMCP"]),
    ("MY", "Johor"): ("MYPGU", ["MYJHB"]),
    ("MY", "Melaka"): ("MYMKZ", ["MYMEA"]),
    ("NO", "Sandefjorden"): ("NOTRF", ["NOSAD"]),
    ("NO", "Slagenstangen"): ("NOSLG", ["NOSEG"]),
    ("NZ", "Manukau Harbor"): ("NZONE", ["NZMCY"]),
    ("PA", "Puerto Colon"): ("PAONX", ["PAMIT"]),
    ("PT", "Oporto"): ("PTOPO", ["PTDOU"]),
    ("SG", "Keppel - (East Singapore)"): ("SGSIN", ["SGKEP"]),
    ("UA", "Yuzhnyy"): ("UAYUZ", ["UAYZE"]),
    ("YE", "Al Mukalla"): ("YEMKX", ["YEZAM"]),
    # The World Port Index has no code.
    ("GB", "Portsmouth Harbour"): ("GBPME", []),
    ("ID", "Lingkas"): ("IDTRK", []),
    ("ID", "Tg. Sorong"): ("IDSOQ", []),
    ("IN", "Honavar"): ("INHON", []),
    ("IN", "Pamban"): ("INPMB", []),
    ("IT", "Scalo Vecchio"): ("ITLIU", []),
    ("MM", "Moulmein Harbor"): ("MMMNU", []),
    ("TW", "Su-Ao"): ("TWSUO", []),
    # The World Port Index's code is another place's in UN/LOCODE.
    ("JP", "Sakai Ko"): ("", []),
    ("GB", "Garlston"): ("GBGTN", []),
    ("GB", "Shoreham Harbour"): ("GBESH", []),
    ("GB", "Tarbert"): ("GBTAB", []),
    ("GR", "Navplio"): ("GRNAF", []),
    ("ID", "Pangkalansusu"): ("IDPKS", []),
    ("IN", "Kattupalli Port"): ("INKAT", []),
    ("IN", "Sikka"): ("INSIK", []),
    ("MX", "Puerto Morro Redondo"): ("MXMRE", []),
    ("PL", "Nowy Port"): ("PLNOW", []),
    ("PT", "Vila Real De S Antonio"): ("PTVRE", []),
    ("US", "Gloucester@42"): ("USGLO", []),
    ("IT", "Porto Ponte Romano"): ("", []),
    ("NO", "Lakselv"): ("", []),
    ("NO", "Lilandsgrunnen"): ("", []),
    ("NO", "Ulvik"): ("", []),
    ("US", "Alabaster"): ("", []),
    ("US", "Alcan Harbor"): ("", []),
    ("US", "Cheboygan"): ("", []),
    ("US", "Dupont"): ("", []),
    ("US", "Florence"): ("", []),
    ("US", "Kailua"): ("", []),
    ("US", "Mccord"): ("", []),
    ("US", "New Castle"): ("", []),
    ("US", "Port Richmond SI"): ("", []),
    ("US", "Presque Isle"): ("", []),
    ("US", "Prosper"): ("", []),
    ("US", "Shelton"): ("", []),
    ("US", "Washington"): ("", []),
    ("US", "Washougal"): ("", []),
    ("US", "White Lake"): ("", []),
    ("US", "Woods Hole"): ("", []),
    # The World Port Index has the code twice, and it is the other port's, or another country's.
    ("AE", "Zirkuh Oil Field"): ("", []),
    ("CA", "Cockburn"): ("", []),
    ("CA", "Port Dalhousie"): ("", []),
    ("CA", "Tobermory"): ("", []),
    ("CM", "Kome Kribi 1 Marine Terminal"): ("", []),
    ("DE", "Brunsbuttel Elbahafen"): ("", []),
    ("DO", "Amber Cove"): ("", []),
    ("EG", "Ain Sukhna Terminal"): ("", []),
    ("FR", "Dunkerque Port Ouest"): ("", []),
    ("IQ", "Khawr Al Zubair Lng Terminal"): ("", []),
    ("NG", "Bonny Offshore Terminal"): ("", []),
    ("NG", "Forcados Oil Terminal"): ("", []),
    ("SV", "Acajutla Offshore Terminal"): ("", []),
    ("TH", "Si Racha Terminal"): ("", []),
    ("TR", "Botas"): ("", []),
    ("TT", "Point Lisas Port"): ("", []),
    ("UA", "Chornomors Ke"): ("", []),
    ("US", "Valdez Marine Terminal"): ("", []),
    ("US", "Westport"): ("", []),
    ("VN", "Mui Vung Tau"): ("", []),
}

# The country where the World Port Index's is another, or no longer is.
COUNTRIES = {("GP", "Gustavia"): "BL", ("FR", "Baie Du Marigot"): "MF"}

# Places of the World Port Index that are plainly wrong: (latitude, longitude, precision in metres).
PLACES = {
    # The western port of Dunkirk is 13 km west of the town; the source has it beside the eastern.
    ("FR", "Dunkerque Port Ouest"): (51.03, 2.19, 1000),
    # The source has 43 degrees north, 200 km inland of the town.
    ("JP", "Wakkanai"): (45.41, 141.69, 1000),
    # The source has 11 degrees east, in the Kattegat; the town is on an island of the Limfjord.
    ("DK", "Nykobing (Mor)"): (56.795, 8.865, 1000),
    # The source has 3 degrees north, in the interior of Borneo; the town is as far south.
    ("ID", "Kuala Kapus"): (-3.0, 114.36667, 1900),
}

# Two rows of the World Port Index that are one port: the second is merged into the first. Where both
# have one name, the one with a code comes first.
MERGED = [
    (("AR", "Villa Constitucion@33"), ("AR", "Villa Constitucion@33")),
    (("BM", "Ireland Island"), ("BM", "Freeport")),
    (("FO", "Runavik"), ("FO", "Kongshavn")),
    (("IN", "Machilipatnam@16"), ("IN", "Machilipatnam@16")),
    (("IS", "Faskrudsfjordur"), ("IS", "Budir")),
    (("IS", "Seydhisfjordhur"), ("IS", "Seydisfjordur")),
    (("JP", "Fukui Ko"), ("JP", "Fukui")),
    (("JP", "Sakaiminato"), ("JP", "Sakai Ko")),
    (("US", "Haines"), ("US", "Port Chilkoot")),
]

# Ports of different names less than a kilometre apart, by their names here, that are both real. The
# World Port Index gives many places in whole minutes only, so that neighbours can have one place.
BOTH_REAL = [
    ("Algonac", "Walpole Island"),
    ("Abram-Mys", "Murmansk"),
    ("Albany", "Rensselaer"),
    ("Bayway", "Gulfport SI"),
    ("Bekkeri", "Meeruse"),
    ("Bekkeri", "Vene-Balti"),
    ("Camden", "Philadelphia"),
    ("Coal Point", "Homer"),
    ("Florence", "Glenada"),
    ("Higashi-Harima", "Kakogawa"),
    ("Hull", "Ottawa"),
    ("Isle of Grain", "Thamesport"),
    ("Lahesuu", "Paljassaare"),
    ("Melilla", "Nador"),
    ("Merak Mas Terminal", "Tanjung Sekong"),
    ("Obbola", "Umea"),
    ("Port Socony", "Sewaren"),
    ("Stapleton SI", "Tompkinsville SI"),
]
