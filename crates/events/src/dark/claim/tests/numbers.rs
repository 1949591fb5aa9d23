//! Claims with numbers.

use super::*;

#[test]
fn an_imo_number_with_a_wrong_check_digit_is_never_taken() {
    let ships = [vessel(273_000_001, &[sent("FALSE", 9_358_011, 0, 100)])];
    let said = |name| Said {
        name,
        imo: 9_358_011,
        mmsi: 0,
    };
    let reason = "has the claimed IMO number, but its check digit is wrong";
    assert_eq!(
        told(&ships, &[], &said("")),
        format!("doubtful\n273000001 FALSE: {reason}")
    );
    // The name stands on its own.
    assert_eq!(told(&ships, &[], &said("False")), "0 by name");
}

#[test]
fn a_placeholder_for_an_imo_number_is_no_ships() {
    // 1234567 has a right check digit.
    let many: Vec<Vessel> = (0..20)
        .map(|n| vessel(273_000_000 + n, &[sent("", 1_234_567, 0, 100)]))
        .collect();
    let said = Said {
        imo: 1_234_567,
        ..name("")
    };
    let told_many = told(&many, &[], &said);
    assert!(
        told_many.starts_with(
            "doubtful\n273000000 -: has the claimed IMO number, but more ids sent it than a ship \
             ever has"
        ),
        "{told_many}"
    );
    assert_eq!(told_many.lines().count(), 11);
    assert_eq!(told(&many[..1], &[], &said), "0 by IMO number");
    // Nor does it contradict a claim.
    let mut named = many;
    named[7].identities[0].particulars.name = Some("MARIA".to_owned());
    let said = Said {
        imo: 8_517_839,
        ..name("Maria")
    };
    assert_eq!(told(&named, &[], &said), "7 by name");
}

#[test]
fn one_ship_under_two_mmsis_is_both_ids_and_the_one_that_sent_then_comes_first() {
    let mut ships = ships();
    ships.insert(0, vessel(511_000_001, &[sent("MAYA", 9_358_010, 0, 40)]));
    let said = Said {
        imo: 9_358_010,
        ..name("")
    };
    assert_eq!(told(&ships, &[], &said), "3 0 by IMO number");
    assert_eq!(told(&ships, &[], &name("Maia-1")), "3 0 by name");
    let said = Said {
        mmsi: 511_000_001,
        ..name("")
    };
    assert_eq!(told(&ships, &[], &said), "3 0 by MMSI");
}

#[test]
fn a_registered_mmsi_leads_from_the_imo_number_to_an_id_that_sends_none() {
    let ships = [vessel(273_291_160, &[sent("", 0, 0, 100)])];
    let said = Said {
        imo: 9_358_010,
        ..name("")
    };
    assert_eq!(told(&ships, &register(), &said), "0 by IMO number");
    assert_eq!(
        told(&ships, &register(), &name("Maia")),
        "0 by registered name"
    );
    assert_eq!(told(&ships, &[], &said), "nobody");
}

#[test]
fn what_she_sends_goes_before_what_a_register_says() {
    let ships = [vessel(273_291_160, &[sent("OTHER", 9_179_842, 0, 100)])];
    let said = Said {
        imo: 9_358_010,
        ..name("")
    };
    assert_eq!(
        told(&ships, &register(), &said),
        "not in the data: Maia-1\n\
         273291160 OTHER: has the MMSI registered to the claimed IMO number, but sent another IMO \
         number"
    );
}

#[test]
fn an_mmsi_is_taken_with_the_name_of_the_ship_or_one_like_it_or_none() {
    for said in ["", "Maria", "Mariya", "Mariia"] {
        let said = Said {
            mmsi: 273_359_830,
            ..name(said)
        };
        assert_eq!(of_case(&said), format!("{MARIA} by MMSI"));
    }
}

#[test]
fn a_name_like_hers_that_is_another_ships_own_is_doubtful() {
    for (imo, number) in [(0, "MMSI"), (8_517_839, "IMO number")] {
        let said = Said {
            name: "Maia",
            imo,
            mmsi: 273_359_830,
        };
        let told = of_case(&said);
        assert!(told.starts_with("doubtful\n273359830 MARIA: "), "{told}");
        assert!(told.contains("\n273291160 Maia: "), "{number}: {told}");
    }
}

#[test]
fn an_mmsi_whose_ship_has_another_name_than_the_claimed_imo_number_has_in_a_register_is_doubtful() {
    let mut ships = [vessel(511_000_002, &[sent("KOSMONAVT", 0, 0, 100)])];
    let said = Said {
        name: "",
        imo: 9_220_641,
        mmsi: 511_000_002,
    };
    assert_eq!(
        told(&ships, &register(), &said),
        "doubtful\n\
         511000002 KOSMONAVT: has the claimed MMSI, but not the claimed IMO number\n\
         Lady Mariia Lady Mariia: has the claimed IMO number, but the claimed MMSI is another ship's"
    );
    ships[0].identities[0].particulars.name = Some("LADY MARIYA".to_owned());
    assert_eq!(told(&ships, &register(), &said), "0 by MMSI");
}

#[test]
fn an_mmsi_with_the_name_of_another_ship_is_doubtful() {
    let said = |name| Said {
        name,
        imo: 0,
        mmsi: 273_359_830,
    };
    assert_eq!(
        of_case(&said("Angara")),
        "doubtful\n\
         273359830 MARIA: has the claimed MMSI, but was never called what is claimed\n\
         273210440 ANGARA: is called so, but has another MMSI than the one claimed"
    );
    assert_eq!(
        of_case(&said("Lady Mariia")),
        "doubtful\n\
         273359830 MARIA: has the claimed MMSI, but was never called what is claimed\n\
         Lady Mariia Lady Mariia: is registered by that name"
    );
}

#[test]
fn numbers_of_two_ships_are_doubtful() {
    let said = Said {
        name: "Maria",
        imo: 8_517_839,
        mmsi: 273_210_440,
    };
    assert_eq!(
        of_case(&said),
        "doubtful\n\
         273359830 MARIA: has the claimed IMO number, but the claimed MMSI is another ship's\n\
         273210440 ANGARA: has the claimed MMSI, but not the claimed IMO number"
    );
    // Lady Mariia's number with Maria's MMSI: only the register knows the first.
    let said = Said {
        name: "",
        imo: 9_220_641,
        mmsi: 273_359_830,
    };
    assert_eq!(
        of_case(&said),
        "doubtful\n\
         273359830 MARIA: has the claimed MMSI, but not the claimed IMO number\n\
         Lady Mariia Lady Mariia: has the claimed IMO number, but the claimed MMSI is another ship's"
    );
}

#[test]
fn an_imo_number_goes_before_an_unknown_name_and_an_unknown_mmsi() {
    let said = Said {
        name: "Kosmonavt",
        imo: 8_517_839,
        mmsi: 273_000_009,
    };
    assert_eq!(of_case(&said), format!("{MARIA} by IMO number"));
}

#[test]
fn an_imo_number_with_a_name_that_is_surely_anothers_is_doubtful() {
    let said = |name| Said {
        name,
        imo: 8_517_839,
        mmsi: 0,
    };
    assert_eq!(
        of_case(&said("Angara")),
        "doubtful\n\
         273359830 MARIA: has the claimed IMO number, but the claimed name is another ship's\n\
         273210440 ANGARA: is called so, but has another IMO number than the one claimed"
    );
    assert_eq!(
        of_case(&said("Lady Mariia")),
        "doubtful\n\
         273359830 MARIA: has the claimed IMO number, but the claimed name is another ship's\n\
         Lady Mariia Lady Mariia: is registered by that name, but with other numbers than those \
         claimed"
    );
}

#[test]
fn a_name_with_an_mmsi_that_nobody_has_is_doubtful() {
    let said = Said {
        mmsi: 273_000_009,
        ..name("Angara")
    };
    assert_eq!(
        of_case(&said),
        "doubtful\n273210440 ANGARA: is called so, but has another MMSI than the one claimed"
    );
    // An id that is no MMSI contradicts none.
    let mut hashed = ships();
    hashed[0].id = VesselId::Text("6f1a".into());
    assert_eq!(told(&hashed, &[], &said), "0 by name");
}

#[test]
fn an_mmsi_that_passed_to_another_ship_is_hers_whose_it_was_then() {
    let mut rows = [
        registered(1, "First", &[], 9_358_010, 273_291_160),
        registered(2, "Second", &[], 8_517_839, 273_291_160),
    ];
    rows[0].valid_to = Some(day(30));
    rows[1].valid_from = Some(day(31));
    let ships = [vessel(273_291_160, &[sent("", 0, 0, 100)])];
    let at = |name, day| {
        let said = Said {
            imo: 9_358_010,
            ..Said {
                name,
                ..Said::default()
            }
        };
        told_of(&ships, &rows, &said.claim(), day)
    };
    assert_eq!(at("", 10), "0 by IMO number");
    assert_eq!(
        at("", 50),
        "not in the data: First\n\
         273291160 Second: has the MMSI registered to the claimed IMO number, but for other dates"
    );
}

#[test]
fn a_claimed_mmsi_that_is_silent_leads_through_the_register_to_the_ship_under_another() {
    let ships = [vessel(511_000_001, &[sent("MAYA", 9_358_010, 0, 100)])];
    let said = |name, mmsi| Said { name, imo: 0, mmsi };
    assert_eq!(
        told(&ships, &register(), &said("Maia", 273_291_160)),
        "0 by IMO number"
    );
    assert_eq!(
        told(&ships, &register(), &said("", 273_210_440)),
        "not in the data: Angara"
    );
    assert_eq!(
        told(&ships, &register(), &said("Maia", 273_210_440)),
        "doubtful\n\
         Angara Angara: is registered under the claimed MMSI, but not by the claimed name\n\
         511000001 MAYA: is registered by that name, but with other numbers than those claimed"
    );
}

#[test]
fn a_number_without_a_ship_leaves_the_name_unless_she_has_another() {
    let said = Said {
        imo: 9_074_729,
        ..name("Angara")
    };
    assert_eq!(
        of_case(&said),
        "doubtful\n273210440 ANGARA: is called so, but has another IMO number than the one claimed"
    );
    let ships = [vessel(273_210_440, &[sent("ANGARA", 0, 0, 100)])];
    assert_eq!(told(&ships, &[], &said), "0 by name");
}
