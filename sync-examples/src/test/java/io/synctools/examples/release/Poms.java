package io.synctools.examples.release;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What the project files say, read as they are. */
final class Poms {
    static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of(
            ".",
            "sync-core",
            "sync-modelscope",
            "sync-huggingface",
            "sync-skopeo",
            "sync-examples/s3",
            "sync-examples");

    private Poms() {}

    static Element read(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
    }

    /** The elements of that name directly below another. */
    static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    /** The text of the element of that name directly below another; empty where there is none. */
    static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }

    /** Direct dependencies on others' libraries: coordinates and scope, and the modules that have them. */
    static Map<String, TreeSet<String>> dependencies() throws Exception {
        Map<String, TreeSet<String>> all = new TreeMap<>();
        for (String module : MODULES) {
            Element pom = read(ROOT.resolve(module).resolve("pom.xml"));
            for (Element list : children(pom, "dependencies")) {
                for (Element one : children(list, "dependency")) {
                    String group = text(one, "groupId");
                    String scope = text(one, "scope").isEmpty() ? "compile" : text(one, "scope");
                    if (!group.equals("io.synctools")) {
                        all.computeIfAbsent(group + ":" + text(one, "artifactId") + " " + scope, key -> new TreeSet<>())
                                .add(module.equals(".") ? "all" : module);
                    }
                }
            }
        }
        return all;
    }

    /** The plugins whose versions the parent pins. */
    static List<Element> plugins() throws Exception {
        Element build = children(read(ROOT.resolve("pom.xml")), "build").get(0);
        Element management = children(build, "pluginManagement").get(0);
        return children(children(management, "plugins").get(0), "plugin");
    }
}
