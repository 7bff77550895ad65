package io.synctools.examples.report;

import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A report in the form that CI systems show as tests: a flow is a suite, an item a case. */
public final class JUnitXml {
    private JUnitXml() {}

    /** The whole file. */
    public static String of(SyncReport report) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", clean(report.flow()));
            xml.writeAttribute("tests", Integer.toString(report.items().size()));
            xml.writeAttribute(
                    "failures",
                    Long.toString(
                            report.items().stream().filter(item -> !item.well()).count()));
            xml.writeAttribute("timestamp", report.started().toString());
            for (Item item : report.items()) {
                write(xml, report, item);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e); // a writer in memory does not fail
        }
        return text + "\n";
    }

    private static void write(XMLStreamWriter xml, SyncReport report, Item item) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", clean(report.flow()));
        xml.writeAttribute("name", clean(item.from() + " -> " + item.to()));
        xml.writeAttribute("time", Double.toString(item.seconds()));
        if (!item.well()) {
            Failure first = item.failures().isEmpty() ? null : item.failures().get(0);
            xml.writeStartElement("failure");
            xml.writeAttribute(
                    "type", first == null ? item.outcome().name() : first.kind().name());
            xml.writeAttribute("message", clean(first == null ? item.outcome().name() : first.message()));
            for (Failure failure : item.failures()) {
                xml.writeCharacters(clean(failure.entry() + ": " + failure.kind() + ": " + failure.message()) + "\n");
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** Without the characters that XML cannot hold. */
    private static String clean(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints()
                .filter(c -> c == '\t'
                        || c == '\n'
                        || (c >= 0x20 && c <= 0xd7ff)
                        || (c >= 0xe000 && c <= 0xfffd)
                        || c >= 0x10000)
                .forEach(kept::appendCodePoint);
        return kept.toString();
    }
}
