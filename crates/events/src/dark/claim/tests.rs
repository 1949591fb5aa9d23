mod numbers;

use super::*;
use landfall_track::{Identity, Particulars, VesselId};
use proptest::prelude::*;

fn day(day: i64) -> Timestamp {
    Timestamp::from_seconds(day * 86_400).unwrap()
}

fn imo(number: u32) -> Imo {
    Imo::new(number).unwrap()
}

fn mmsi(number: u32) -> Mmsi {
    Mmsi::new(number).unwrap()
}

/// What a vessel sent, from one day to another.
fn sent(name: &str, number: u32, first: i64, last: i64) -> Identity {
    Identity {
        particulars: Particulars {
            name: (!name.is_empty()).then(|| name.to_owned()),
            imo: Imo::new(number),
            ..Particulars::default()
        },
        first: day(first),
        last: day(last),
        reports: 1,
    }
}

fn vessel(number: u32, identities: &[Identity]) -> Vessel {
    Vessel {
        id: VesselId::Mmsi(mmsi(number)),
        identities: identities.to_vec(),
    }
}

fn registered(row: u64, name: &str, aliases: &[&str], imo: u32, mmsi: u32) -> RegisteredVessel {
    RegisteredVessel {
        name: name.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        imo: Imo::new(imo),
        mmsi: Mmsi::new(mmsi),
        call_sign: None,
        valid_from: None,
        valid_to: None,
        row,
    }
}

const ANGARA: u32 = 0;
const MARIA: u32 = 1;
const MAIA: u32 = 2;
const LADY_R: u32 = 3;

/// The ships of the bundled case, on days 0 to 100, by the numbers of the OFAC list.
fn ships() -> Vec<Vessel> {
    vec![
        vessel(273_210_440, &[sent("ANGARA", 9_179_842, 0, 100)]),
        vessel(273_359_830, &[sent("MARIA", 8_517_839, 0, 100)]),
        vessel(273_291_160, &[sent("MAIA-1", 9_358_010, 0, 100)]),
        vessel(273_212_120, &[sent("LADY R", 9_161_003, 0, 100)]),
    ]
}

/// The bundled case's register.
fn register() -> Vec<RegisteredVessel> {
    vec![
        registered(1, "Angara", &[], 9_179_842, 273_210_440),
        registered(2, "Maria", &[], 8_517_839, 273_359_830),
        registered(3, "Maia-1", &["Maia", "Maia 1"], 9_358_010, 273_291_160),
        registered(4, "Lady R", &[], 9_161_003, 273_212_120),
        registered(5, "Lady Mariia", &[], 9_220_641, 0),
    ]
}

#[derive(Default)]
struct Said {
    name: &'static str,
    imo: u32,
    mmsi: u32,
}

impl Said {
    fn claim(&self) -> Claim {
        Claim {
            name: (!self.name.is_empty()).then(|| self.name.to_owned()),
            imo: Imo::new(self.imo),
            mmsi: Mmsi::new(self.mmsi),
            confidence: None,
        }
    }
}

fn name(name: &'static str) -> Said {
    Said {
        name,
        ..Said::default()
    }
}

/// What a claim about days 50 to 51 comes to, in a few lines.
fn told(vessels: &[Vessel], register: &[RegisteredVessel], said: &Said) -> String {
    told_of(vessels, register, &said.claim(), 50)
}

fn told_of(vessels: &[Vessel], register: &[RegisteredVessel], claim: &Claim, at: i64) -> String {
    let index = IdentityIndex::new(vessels, register);
    let (head, doubtful) = match index.resolve(claim, day(at), day(at + 1)) {
        ClaimMatch::Anonymous => ("anonymous".to_owned(), Vec::new()),
        ClaimMatch::Nobody => ("nobody".to_owned(), Vec::new()),
        ClaimMatch::Taken {
            vessels,
            basis,
            doubtful,
        } => {
            let ids: Vec<_> = vessels.iter().map(|vessel| vessel.0.to_string()).collect();
            (format!("{} by {}", ids.join(" "), basis.as_str()), doubtful)
        }
        ClaimMatch::NotInTheData { row, doubtful } => {
            let row = index.registered(row).unwrap();
            (format!("not in the data: {}", row.name), doubtful)
        }
        ClaimMatch::Doubtful(doubtful) => {
            assert!(!doubtful.is_empty());
            ("doubtful".to_owned(), doubtful)
        }
    };
    doubtful.iter().fold(head, |told, doubt| {
        let name = doubt.name.as_deref().unwrap_or("-");
        format!("{told}\n{} {name}: {}", doubt.vessel, doubt.reason)
    })
}

fn of_case(said: &Said) -> String {
    told(&ships(), &register(), said)
}

#[test]
fn nobody_named_is_anonymous_also_by_punctuation() {
    assert_eq!(of_case(&Said::default()), "anonymous");
    assert_eq!(of_case(&name(" -- @@@ ")), "anonymous");
}

#[test]
fn maia_of_the_press_is_maia_1_by_the_registers_alias() {
    assert_eq!(of_case(&name("Maia")), format!("{MAIA} by registered name"));
    assert_eq!(of_case(&name("M/V Maia 1")), format!("{MAIA} by name"));
    assert_eq!(of_case(&name("MAIA-1")), format!("{MAIA} by name"));
    let said = Said {
        imo: 9_358_010,
        ..name("Maia")
    };
    assert_eq!(of_case(&said), format!("{MAIA} by IMO number"));
}

#[test]
fn without_the_alias_maia_is_doubtful_and_so_is_maria_who_is_spelled_like_it() {
    assert_eq!(
        told(&ships(), &[], &name("Maia")),
        "doubtful\n\
         273291160 MAIA-1: has that name with a number, or without one\n\
         273359830 MARIA: has a name that differs in 1 letter"
    );
}

#[test]
fn lady_mariia_is_another_ship_than_maria_and_lady_r() {
    assert_eq!(
        of_case(&name("Lady Mariia")),
        "not in the data: Lady Mariia"
    );
    assert_eq!(told(&ships(), &[], &name("Lady Mariia")), "nobody");
    let said = Said {
        imo: 9_220_641,
        ..name("")
    };
    assert_eq!(of_case(&said), "not in the data: Lady Mariia");
    assert_eq!(of_case(&name("Maria")), format!("{MARIA} by name"));
    assert_eq!(of_case(&name("Lady R")), format!("{LADY_R} by name"));
}

#[test]
fn a_cyrillic_name_is_the_same_name() {
    assert_eq!(of_case(&name("т/х «Ангара»")), format!("{ANGARA} by name"));
}

#[test]
fn a_misspelt_name_is_listed_and_not_taken() {
    assert_eq!(
        of_case(&name("Agnara")),
        "doubtful\n273210440 ANGARA: has a name that differs in 1 letter"
    );
    assert_eq!(of_case(&name("Kosmonavt")), "nobody");
}

#[test]
fn one_name_of_two_ships_is_doubtful_unless_a_number_tells_them_apart() {
    let mut ships = ships();
    ships.push(vessel(511_000_002, &[sent("Maria", 9_161_003, 0, 100)]));
    ships.push(vessel(511_000_003, &[sent("MARIA", 0, 0, 100)]));
    assert_eq!(
        told(&ships, &register(), &name("Maria")),
        "doubtful\n\
         273359830 MARIA: is called so, as others are\n\
         511000002 Maria: is called so, as others are\n\
         511000003 MARIA: is called so, as others are"
    );
    let said = Said {
        imo: 8_517_839,
        ..name("Maria")
    };
    assert_eq!(
        told(&ships, &register(), &said),
        "1 by IMO number\n\
         511000002 Maria: is called so, but has another IMO number than the one claimed\n\
         511000003 MARIA: is called so"
    );
}

#[test]
fn a_ship_of_the_name_that_is_not_in_the_data_makes_the_one_that_is_doubtful() {
    let mut ships = ships();
    ships.push(vessel(511_000_002, &[sent("LADY MARIIA", 8_517_839, 0, 9)]));
    ships[4].identities[0].particulars.imo = Some(imo(9_074_729));
    assert_eq!(
        told(&ships, &register(), &name("Lady Mariia")),
        "doubtful\n\
         511000002 LADY MARIIA: is called so, as others are\n\
         Lady Mariia Lady Mariia: is called so, as others are"
    );
    // Without a number of her own she is the registered ship.
    ships[4].identities[0].particulars.imo = None;
    assert_eq!(told(&ships, &register(), &name("Lady Mariia")), "4 by name");
}

#[test]
fn a_name_that_ais_cut_is_listed_and_not_taken() {
    // Twenty letters and blanks.
    let ships = [vessel(
        273_000_001,
        &[sent("KAPITAN VLADIMIR VOR", 0, 0, 100)],
    )];
    assert_eq!(
        told(&ships, &[], &name("Kapitan Vladimir Voronov")),
        "doubtful\n\
         273000001 KAPITAN VLADIMIR VOR: has the beginning of that name, which AIS may have cut"
    );
}

#[test]
fn a_former_name_is_listed_and_not_taken() {
    let ships = [vessel(
        273_291_160,
        &[
            sent("MAIA", 9_358_010, 0, 20),
            sent("MAIA-1", 9_358_010, 30, 100),
        ],
    )];
    let at = |day| told_of(&ships, &[], &name("Maia").claim(), day);
    assert_eq!(at(10), "0 by name");
    // Between the two names she may have either.
    assert_eq!(at(25), "0 by name");
    assert_eq!(
        at(50),
        "doubtful\n\
         273291160 MAIA: was called so from 1970-01-01T00:00:00Z to 1970-01-21T00:00:00Z, and \
         otherwise at or nearer to the claimed time"
    );
}

#[test]
fn a_name_counts_through_a_silence_that_no_other_name_ends() {
    let ships = [vessel(
        273_210_440,
        &[
            sent("ANGARA", 9_179_842, 0, 20),
            sent("ANGARA", 9_179_842, 80, 100),
        ],
    )];
    assert_eq!(told(&ships, &[], &name("Angara")), "0 by name");
}

#[test]
fn a_register_is_asked_for_the_names_of_the_day() {
    let mut rows = [
        registered(1, "Old", &[], 9_358_010, 273_291_160),
        registered(2, "New", &[], 9_358_010, 273_291_160),
    ];
    rows[0].valid_to = Some(day(30));
    rows[1].valid_from = Some(day(31));
    let ships = [vessel(273_291_160, &[sent("", 9_358_010, 0, 100)])];
    let at = |name: Said, day| told_of(&ships, &rows, &name.claim(), day);
    assert_eq!(at(name("Old"), 10), "0 by registered name");
    assert_eq!(at(name("New"), 50), "0 by registered name");
    assert_eq!(
        at(name("Old"), 50),
        "doubtful\n273291160 Old: is registered by that name, but for other dates"
    );
}

#[test]
fn many_namesakes_are_doubtful_and_the_list_is_short() {
    let ships: Vec<Vessel> = (0..3_000)
        .map(|n| vessel(273_000_000 + n, &[sent("MARIA", 0, 0, 100)]))
        .collect();
    let told = told(&ships, &[], &name("Maria"));
    assert_eq!(told.lines().count(), 11);
    assert!(told.starts_with("doubtful\n273000000 MARIA: "), "{told}");
}

#[test]
fn the_one_namesake_that_no_number_rules_out_is_doubtful_if_not_all_were_looked_at() {
    let numbers = (9_000_000..).filter(|number| imo(*number).is_valid());
    let mut ships: Vec<Vessel> = numbers
        .take(1_500)
        .zip(273_000_000..)
        .map(|(number, sender)| vessel(sender, &[sent("MARIA", number, 0, 100)]))
        .collect();
    ships[3].identities[0].particulars.imo = None;
    let said = Said {
        imo: 8_517_839,
        ..name("Maria")
    };
    assert_eq!(
        told(&ships[..900], &[], &said).lines().next(),
        Some("3 by name")
    );
    assert_eq!(told(&ships, &[], &said).lines().next(), Some("doubtful"));
}

#[test]
fn a_name_of_ten_thousand_letters_is_compared_and_quoted_in_part() {
    let long = "X".repeat(10_000);
    let mut ships = ships();
    ships[1].identities[0].particulars.name = Some(long.clone());
    let claim = |name: String| Claim {
        name: Some(name),
        ..Claim::default()
    };
    assert_eq!(told_of(&ships, &[], &claim(long.clone()), 50), "1 by name");
    assert_eq!(told_of(&ships, &[], &claim(long + "X"), 50), "nobody");
    let said = Claim {
        mmsi: Some(mmsi(273_359_830)),
        ..claim("Angara".to_owned())
    };
    let told = told_of(&ships, &[], &said, 50);
    assert!(told.contains(&format!("273359830 {}: has", "X".repeat(60))));
}

#[test]
fn times_that_are_turned_round_are_put_right() {
    let (ships, rows) = (ships(), register());
    let index = IdentityIndex::new(&ships, &rows);
    let claim = name("Maria").claim();
    assert_eq!(
        index.resolve(&claim, day(60), day(50)),
        index.resolve(&claim, day(50), day(60))
    );
}

#[test]
fn who_shares_a_second_number_of_the_claimed_ship_is_not_taken_with_it() {
    let other = vessel(273_000_000, &[sent("", 9_358_010, 0, 0)]);
    let both = [sent("", 8_517_839, 61, 86), sent("", 9_358_010, 47, 86)];
    let ships = [other, vessel(273_000_001, &both)];
    let index = IdentityIndex::new(&ships, &[]);
    let claim = Said {
        name: "",
        imo: 8_517_839,
        mmsi: 0,
    };
    let found = index.resolve(&claim.claim(), day(87), day(88));
    assert!(
        matches!(&found, ClaimMatch::Taken { vessels, .. } if vessels.len() == 1),
        "{found:?}"
    );
}

prop_compose! {
    fn any_identity()(
        name in prop::sample::select(vec!["", "MAIA", "MAIA-1", "MARIA", "--"]),
        number in prop::sample::select(vec![0, 9_358_010, 9_358_011, 8_517_839]),
        first in 0_i64..100,
        days in 0_i64..50,
    ) -> Identity {
        sent(name, number, first, first + days)
    }
}

prop_compose! {
    fn any_row()(
        name in prop::sample::select(vec!["Maia-1", "Maria", "?"]),
        alias in prop::sample::select(vec!["Maia", "", "Maria"]),
        number in prop::sample::select(vec![0, 9_358_010, 9_358_011, 8_517_839]),
        sender in 0_u32..5,
        from in prop::option::of(0_i64..100),
    ) -> RegisteredVessel {
        let sender = if sender == 4 { 0 } else { 273_000_000 + sender };
        let mut row = registered(1, name, &[alias], number, sender);
        row.valid_from = from.map(day);
        row
    }
}

proptest! {
    #[test]
    fn what_is_taken_contradicts_no_claimed_number_and_stands_in_no_doubt(
        sent in prop::collection::vec(prop::collection::vec(any_identity(), 0..4), 0..5),
        rows in prop::collection::vec(any_row(), 0..4),
        name in prop::sample::select(vec!["", "Maia", "Maria", "Maia-1", "Mara"]),
        number in prop::sample::select(vec![0, 9_358_010, 9_358_011, 8_517_839]),
        sender in prop::sample::select(vec![0, 273_000_000, 273_000_001, 273_000_004]),
        at in 0_i64..120,
    ) {
        let ships: Vec<Vessel> = sent
            .iter()
            .zip(273_000_000..)
            .map(|(sent, number)| vessel(number, sent))
            .collect();
        let claim = Said { name, imo: number, mmsi: sender }.claim();
        let index = IdentityIndex::new(&ships, &rows);
        match index.resolve(&claim, day(at), day(at + 1)) {
            ClaimMatch::Taken { vessels, doubtful, .. } => {
                prop_assert!(!vessels.is_empty());
                for (place, vessel) in vessels.iter().enumerate() {
                    prop_assert!(!vessels[..place].contains(vessel));
                    let vessel = index.vessel(*vessel).unwrap();
                    let id = vessel.id.to_string();
                    prop_assert!(doubtful.iter().all(|doubt| doubt.vessel != id));
                    // She never sent but another number than the one claimed.
                    if let Some(claimed) = claim.imo.filter(|imo| imo.is_valid()) {
                        let mut sent = vessel
                            .identities
                            .iter()
                            .filter_map(|identity| identity.particulars.imo)
                            .filter(|imo| imo.is_valid())
                            .peekable();
                        prop_assert!(sent.peek().is_none() || sent.any(|imo| imo == claimed));
                    }
                }
            }
            ClaimMatch::Doubtful(doubtful) => {
                prop_assert!((1..=10).contains(&doubtful.len()));
            }
            ClaimMatch::NotInTheData { row, .. } => {
                prop_assert!(index.registered(row).is_some());
            }
            ClaimMatch::Anonymous => {
                prop_assert!(claim.imo.is_none() && claim.mmsi.is_none() && name.is_empty());
            }
            ClaimMatch::Nobody => {}
        }
    }
}
