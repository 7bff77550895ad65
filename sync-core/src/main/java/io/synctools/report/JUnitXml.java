package io.synctools.report;

import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * What the kept reports say last, in the form that CI systems show as tests: a flow of a runner is a suite, an item a
 * case.
 */
public final class JUnitXml {
    private JUnitXml() {}

    /** The whole file: the newest report of each flow and share of each runner. */
    public static String of(List<SyncReport> reports) {
        History history = new History(reports);
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (String runner : history.runners()) {
                for (SyncReport report : history.newest(runner)) {
                    write(xml, report);
                }
            }
            xml.writeEndElement();
            xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e); // a writer in memory does not fail
        }
        return text + "\n";
    }

    private static void write(XMLStreamWriter xml, SyncReport report) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", clean(suite(report)));
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
    }

    private static String suite(SyncReport report) {
        return report.flow()
                + report.runner().map(runner -> " on " + runner).orElse("")
                + (report.shard().matches("0/1|merged") ? "" : ", share " + report.shard());
    }

    private static void write(XMLStreamWriter xml, SyncReport report, Item item) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", clean(suite(report)));
        xml.writeAttribute("name", clean(item.name() + " -> " + item.to()));
        xml.writeAttribute("time", Double.toString(item.seconds()));
        if (!item.well()) {
            Failure first = item.failures().isEmpty() ? null : item.failures().get(0);
            xml.writeStartElement("failure");
            xml.writeAttribute("type", ItemReason.of(item));
            xml.writeAttribute("message", clean(first == null ? item.outcome().name() : first.message()));
            for (Failure failure : item.failures()) {
                String entry = failure.entry().isEmpty() ? "" : failure.entry() + ": ";
                xml.writeCharacters(clean(entry + ItemReason.of(item, failure) + ": " + failure.message()) + "\n");
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
