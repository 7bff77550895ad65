package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.model.SyncItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guide to image addresses is what the flows declare. */
class ImageAddressesTest {
    private static final String REWRITE = "mvn -q -Dfast -pl sync-examples -am test -Dtest=ImageAddressesTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dguides.write=true";

    /** The page's words in one language. */
    private enum Words {
        ENGLISH(
                "image-addresses.md",
                "[中文](image-addresses.zh-CN.md)",
                "# Image addresses",
                "Which image is found where. Made from the image flows by `" + REWRITE
                        + "`; a test compares. A mirror has the"
                        + " tags that its flow keeps, with the digests of where they come from wherever the registry"
                        + " takes them; it may lag by an hour. How images are mirrored: [mirroring images](images.md).",
                "address",
                "tags",
                "comes from",
                "flow",
                "all",
                "its origin"),
        CHINESE(
                "image-addresses.zh-CN.md",
                "[English](image-addresses.md)",
                "# 镜像地址",
                "哪个镜像在哪里。本页由 `" + REWRITE + "` 根据镜像流程生成，测试会比对。镜像站点拥有其流程保留的标签；只要仓库接受，摘要与来源一致；"
                        + "可能滞后一小时。如何同步镜像：[镜像同步](images.zh-CN.md)。",
                "地址",
                "标签",
                "来源",
                "流程",
                "全部",
                "原始位置");

        private final String file;
        private final String twin;
        private final String title;
        private final String about;
        private final String heading;
        private final String all;
        private final String origin;

        Words(
                String file,
                String twin,
                String title,
                String about,
                String address,
                String tags,
                String from,
                String flow,
                String all,
                String origin) {
            this.file = file;
            this.twin = twin;
            this.title = title;
            this.about = about;
            this.heading = "| " + String.join(" | ", address, tags, from, flow) + " |\n|---|---|---|---|\n";
            this.all = all;
            this.origin = origin;
        }
    }

    /** One place of an image. */
    private record Address(String address, String tags, String from, String flow) {}

    private static Map<String, List<Address>> addresses() throws IOException {
        Map<String, List<Address>> byName = new TreeMap<>();
        Map<String, SyncItem> origins = new TreeMap<>();
        List<Address> mirrors = new ArrayList<>();
        for (Flows.Named flow : Flows.ALL) {
            if (flow.name().startsWith("images-")) {
                for (SyncItem item : FlowRun.of(new Console(Path.of("target")).shell(), flow.name())
                        .declared(List.of())) {
                    origins.put(item.from().name(), item);
                    String tags = item.filter().text();
                    mirrors.add(new Address(item.to().name(), tags, item.from().name(), flow.name()));
                }
            }
        }
        Set<String> written = mirrors.stream().map(Address::address).collect(Collectors.toSet());
        origins.keySet().stream()
                .filter(origin -> !written.contains(origin))
                .forEach(origin -> add(byName, new Address(origin, "", "", "")));
        mirrors.forEach(mirror -> add(byName, mirror));
        return byName;
    }

    private static void add(Map<String, List<Address>> byName, Address address) {
        String name = address.address().substring(address.address().lastIndexOf('/') + 1);
        byName.computeIfAbsent(name, key -> new ArrayList<>()).add(address);
    }

    private static String page(Words words) throws IOException {
        StringBuilder page = new StringBuilder(words.title + "\n\n" + words.twin + "\n\n" + words.about + "\n");
        addresses().forEach((name, places) -> {
            page.append("\n## ").append(name).append("\n\n").append(words.heading);
            for (Address place : places) {
                String tags = place.tags().isEmpty() ? words.all : "`" + place.tags() + "`";
                String from = place.from().isEmpty() ? words.origin : "`" + place.from() + "`";
                page.append("| `")
                        .append(place.address())
                        .append("` | ")
                        .append(tags)
                        .append(" | ");
                page.append(from).append(" | ");
                page.append(place.flow().isEmpty() ? "" : "`" + place.flow() + "`")
                        .append(" |\n");
            }
        });
        return page.toString();
    }

    @ParameterizedTest
    @EnumSource
    void thePageIsWhatTheFlowsDeclare(Words words) throws IOException {
        Path file = Guide.ROOT.resolve("docs").resolve(words.file);
        String page = page(words);
        if (Boolean.getBoolean("guides.write")) {
            Files.writeString(file, page);
        }
        assertEquals(page, Files.readString(file), () -> "rewrite the page: " + REWRITE);
    }
}
