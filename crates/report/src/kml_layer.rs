//! KML 2.2 of a layer, for Google Earth and its like: a placemark for each feature, with its span in
//! time and its properties as extended data.
//!
//! XML has no way to write most characters that are not seen; they are made visible.

use crate::columns::Columns;
use crate::foreign::shown;
use crate::json::push_degrees;
use crate::style::Look;
use crate::{Feature, Geometry, Layer, LayerWriter, Property, Value};
use landfall_track::Position;
use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

/// A KML document being written.
pub(crate) struct KmlLayer<W: Write> {
    layer: Layer,
    columns: Columns,
    out: Writer<W>,
}

impl<W: Write> KmlLayer<W> {
    /// Begins the document.
    pub(crate) fn new(out: W, layer: Layer, notices: &[String]) -> io::Result<Self> {
        let mut kml = Self {
            layer,
            columns: Columns::of(layer, !notices.is_empty()),
            out: Writer::new_with_indent(out, b' ', 1),
        };
        kml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = BytesStart::new("kml").with_attributes([("xmlns", NAMESPACE)]);
        kml.event(Event::Start(root))?;
        kml.start("Document")?;
        kml.text("name", layer.title())?;
        if !notices.is_empty() {
            kml.description(notices)?;
        }
        kml.style()?;
        Ok(kml)
    }

    fn style(&mut self) -> io::Result<()> {
        let look = Look::of(self.layer);
        let style = BytesStart::new("Style").with_attributes([("id", STYLE)]);
        self.event(Event::Start(style))?;
        self.start("IconStyle")?;
        self.text("color", &look.colour.abgr(0xff))?;
        self.text("scale", "0.8")?;
        self.end("IconStyle")?;
        self.start("LineStyle")?;
        self.text("color", &look.colour.abgr(0xff))?;
        self.text("width", "2")?;
        self.end("LineStyle")?;
        self.start("PolyStyle")?;
        self.text("color", &look.colour.abgr(0x40))?;
        self.end("PolyStyle")?;
        self.end("Style")
    }

    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        self.out.write_event(event)
    }

    fn start(&mut self, name: &str) -> io::Result<()> {
        self.event(Event::Start(BytesStart::new(name)))
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// An element that holds a text.
    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.element(BytesStart::new(name), text)
    }

    /// A description, a paragraph for each text. Programs show it as HTML, in which nothing of a text may
    /// be markup.
    fn description<T: AsRef<str>>(&mut self, texts: &[T]) -> io::Result<()> {
        let paragraphs: Vec<String> = texts
            .iter()
            .map(|text| writable(text.as_ref()))
            .map(|text| format!("<p>{}</p>", escape(text)))
            .collect();
        self.raw_text(BytesStart::new("description"), &paragraphs.concat())
    }

    fn element(&mut self, start: BytesStart<'_>, text: &str) -> io::Result<()> {
        self.raw_text(start, &writable(text))
    }

    fn raw_text(&mut self, start: BytesStart<'_>, text: &str) -> io::Result<()> {
        let end = start.to_end().into_owned();
        self.event(Event::Start(start))?;
        self.event(Event::Text(BytesText::new(text)))?;
        self.event(Event::End(end))
    }

    fn span(&mut self, properties: &[Property<'_>]) -> io::Result<()> {
        let Some((from, to)) = self.layer.span() else {
            return Ok(());
        };
        let ends = [("begin", from), ("end", to)].map(|(element, name)| {
            let value = property(properties, name);
            (
                element,
                value.filter(|value| matches!(value, Value::Time(_))),
            )
        });
        if ends.iter().all(|(_, value)| value.is_none()) {
            return Ok(());
        }
        self.start("TimeSpan")?;
        for (element, value) in ends {
            if let Some(value) = value {
                self.text(element, &value.as_cell())?;
            }
        }
        self.end("TimeSpan")
    }

    fn data(&mut self, name: &str, text: &str) -> io::Result<()> {
        let data = BytesStart::new("Data").with_attributes([("name", name)]);
        self.event(Event::Start(data))?;
        self.text("value", text)?;
        self.end("Data")
    }

    fn geometry(&mut self, geometry: Geometry<'_>) -> io::Result<()> {
        match geometry {
            Geometry::Absent => Ok(()),
            Geometry::Point(position) => {
                self.start("Point")?;
                self.coordinates([position])?;
                self.end("Point")
            }
            Geometry::Line(lines) | Geometry::Path(lines) => {
                self.start("MultiGeometry")?;
                for part in lines.parts() {
                    self.start("LineString")?;
                    self.text("tessellate", "1")?;
                    self.coordinates(part.iter().map(|point| point.position))?;
                    self.end("LineString")?;
                }
                self.end("MultiGeometry")
            }
            Geometry::Areas(areas) => {
                self.start("MultiGeometry")?;
                for rings in areas.polygons() {
                    self.start("Polygon")?;
                    for (number, ring) in rings.iter().enumerate() {
                        let boundary = if number == 0 {
                            "outerBoundaryIs"
                        } else {
                            "innerBoundaryIs"
                        };
                        self.start(boundary)?;
                        self.start("LinearRing")?;
                        self.coordinates(ring.iter().copied())?;
                        self.end("LinearRing")?;
                        self.end(boundary)?;
                    }
                    self.end("Polygon")?;
                }
                self.end("MultiGeometry")
            }
        }
    }

    fn coordinates(&mut self, positions: impl IntoIterator<Item = Position>) -> io::Result<()> {
        let mut text = Vec::new();
        for position in positions {
            if !text.is_empty() {
                text.push(b' ');
            }
            push_degrees(&mut text, position.lon_e7);
            text.push(b',');
            push_degrees(&mut text, position.lat_e7);
        }
        self.text("coordinates", &String::from_utf8_lossy(&text))
    }
}

const NAMESPACE: &str = "http://www.opengis.net/kml/2.2";
const STYLE: &str = "look";

impl<W: Write + Send> LayerWriter for KmlLayer<W> {
    fn feature(&mut self, feature: &Feature<'_>) -> io::Result<()> {
        self.start("Placemark")?;
        self.text("name", &title(feature.properties))?;
        if let Some(reason) = property(feature.properties, "reason") {
            self.description(&[reason.as_cell()])?;
        }
        self.span(feature.properties)?;
        self.text("styleUrl", &format!("#{STYLE}"))?;
        self.start("ExtendedData")?;
        self.data("id", feature.id)?;
        let values: Vec<_> = self
            .columns
            .values(feature.properties)
            .filter_map(|(column, value)| Some((column.name, value?)))
            .collect();
        for (name, value) in values {
            self.data(name, &value.as_cell())?;
        }
        self.end("ExtendedData")?;
        if !feature.geometry.is_empty() {
            self.geometry(feature.geometry)?;
        }
        self.end("Placemark")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.end("Document")?;
        self.end("kml")?;
        let out = self.out.get_mut();
        out.write_all(b"\n")?;
        out.flush()
    }
}

/// A text as XML can hold it: hidden characters are made visible, and so it can of two more that nobody
/// types.
fn writable(text: &str) -> String {
    shown(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn property<'p>(properties: &'p [Property<'p>], name: &str) -> Option<&'p Value<'p>> {
    properties
        .iter()
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// What a feature is called: the vessel, and where it is about.
fn title(properties: &[Property<'_>]) -> String {
    let text = |name| match property(properties, name) {
        Some(Value::Text(text)) => Some(text.as_ref()),
        _ => None,
    };
    // A place is of no vessel, a zone of interference of several.
    if let (Some(name), None) = (text("name"), property(properties, "vessel_id")) {
        return name.to_owned();
    }
    if let Some(Value::Count(vessels)) = property(properties, "vessels") {
        return crate::phrase::many(*vessels, "vessel", "vessels");
    }
    let vessel = text("name")
        .or(text("vessel_id"))
        .unwrap_or("unknown vessel");
    match (text("port"), text("origin"), text("destination")) {
        (Some(port), _, _) => format!("{vessel}, {port}"),
        (None, None, None) => vessel.to_owned(),
        (None, from, to) => {
            let (from, to) = (from.unwrap_or("?"), to.unwrap_or("?"));
            format!("{vessel}, {from} to {to}")
        }
    }
}
