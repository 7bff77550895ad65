package io.synctools.s3;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What a store answers: the texts below the root by name, and those of its repeated elements. Immutable.
 *
 * @param root the name of the root element
 * @param texts of the root's children that hold text alone
 * @param lists of the root's children that hold elements: theirs texts by name, nested ones included
 */
record Xml(String root, Map<String, String> texts, Map<String, List<Map<String, String>>> lists) {
    private static final XMLInputFactory FACTORY = factory();

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory(); // the JDK's own, whatever else is on the path
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    /** Nothing. */
    static final Xml EMPTY = new Xml("", Map.of(), Map.of());

    /** @throws IOException if it is no XML, or cut off */
    static Xml read(String text) throws IOException {
        try {
            XMLStreamReader in = FACTORY.createXMLStreamReader(new StringReader(text));
            String root = "";
            Map<String, String> texts = new HashMap<>();
            Map<String, List<Map<String, String>>> lists = new HashMap<>();
            Map<String, String> inside = new HashMap<>();
            StringBuilder value = new StringBuilder();
            int depth = 0;
            while (in.hasNext()) {
                switch (in.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        depth++;
                        value.setLength(0);
                        if (depth == 1) {
                            root = in.getLocalName();
                        } else if (depth == 2) {
                            inside = new HashMap<>();
                        }
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> value.append(in.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        String name = in.getLocalName();
                        if (depth == 2 && inside.isEmpty()) {
                            texts.put(name, value.toString());
                        } else if (depth == 2) {
                            lists.computeIfAbsent(name, any -> new ArrayList<>())
                                    .add(inside);
                        } else if (depth > 2) {
                            inside.put(name, value.toString());
                        }
                        value.setLength(0);
                        depth--;
                    }
                    default -> {
                        continue;
                    }
                }
            }
            return new Xml(root, texts, lists);
        } catch (XMLStreamException e) {
            throw new IOException("the store's answer is no XML, or was cut off", e);
        }
    }

    /** One text; empty where there is none. */
    String text(String name) {
        return texts.getOrDefault(name, "");
    }

    /** The elements of one name. */
    List<Map<String, String>> each(String name) {
        return lists.getOrDefault(name, List.of());
    }
}
