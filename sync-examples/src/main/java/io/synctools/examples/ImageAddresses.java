package io.synctools.examples;

import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which image is found where, as a page in Markdown. */
final class ImageAddresses {

    /** The page's words in one language. */
    enum Language {
        /** English. */
        EN(
                "[中文](image-addresses.zh-CN.md)",
                "# Image addresses",
                "Which image is found where. Made by `%s`. A mirror has the tags that its flow keeps, with the digests of"
                        + " where they come from wherever the registry takes them; it may lag by an hour.",
                " How images are mirrored: [mirroring images](images.md).",
                "address | tags | comes from | flow",
                "all",
                "its origin"),
        /** Chinese. */
        ZH(
                "[English](image-addresses.md)",
                "# 镜像地址",
                "哪个镜像在哪里。本页由 `%s` 生成。镜像站点拥有其流程保留的标签；只要仓库接受，摘要与来源一致；可能滞后一小时。",
                "如何同步镜像：[镜像同步](images.zh-CN.md)。",
                "地址 | 标签 | 来源 | 流程",
                "全部",
                "原始位置");

        private final String twin;
        private final String title;
        private final String about;
        private final String more;
        private final String columns;
        private final String all;
        private final String origin;

        Language(String twin, String title, String about, String more, String columns, String all, String origin) {
            this.twin = twin;
            this.title = title;
            this.about = about;
            this.more = more;
            this.columns = columns;
            this.all = all;
            this.origin = origin;
        }
    }

    /** One place of an image; where it comes from and by which flow are empty for an origin. */
    private record Address(String address, String tags, String from, String flow) {}

    private final Map<String, List<Address>> byName = new TreeMap<>();

    /** @param declared what the flows declare, by their names */
    ImageAddresses(Map<String, List<SyncItem>> declared) {
        List<Address> mirrors = new ArrayList<>();
        declared.forEach((flow, items) -> items.forEach(item -> mirrors.add(
                new Address(item.to().name(), item.filter().text(), item.from().name(), flow))));
        Set<String> written = mirrors.stream().map(Address::address).collect(Collectors.toSet());
        Set<String> origins = mirrors.stream()
                .map(Address::from)
                .filter(from -> !written.contains(from))
                .sorted()
                .collect(Collectors.toCollection(LinkedHashSet::new));
        origins.forEach(origin -> add(new Address(origin, "", "", "")));
        mirrors.forEach(this::add);
    }

    private void add(Address address) {
        String name = address.address().substring(address.address().lastIndexOf('/') + 1);
        byName.computeIfAbsent(name, key -> new ArrayList<>()).add(address);
    }

    /**
     * The page.
     *
     * @param command that makes it
     * @param ours whether it is the page that stands among our guides, beside its twin
     */
    String page(Language words, String command, boolean ours) {
        StringBuilder page = new StringBuilder(words.title).append("\n\n");
        if (ours) {
            page.append(words.twin).append("\n\n");
        }
        page.append(words.about.formatted(command))
                .append(ours ? words.more : "")
                .append('\n');
        byName.forEach((name, places) -> {
            page.append("\n## ").append(name).append("\n\n");
            row(page, List.of(words.columns));
            page.append("|---|---|---|---|\n");
            for (Address place : places) {
                row(
                        page,
                        List.of(
                                code(place.address()),
                                place.tags().isEmpty() ? words.all : code(place.tags()),
                                place.from().isEmpty() ? words.origin : code(place.from()),
                                place.flow().isEmpty() ? "" : code(place.flow())));
            }
        });
        return page.toString();
    }

    private static void row(StringBuilder page, List<String> cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** Code in a cell, which a bar would end, and a grave accent the code. */
    private static String code(String text) {
        String fence = text.contains("`") ? "`` " : "`";
        return fence + text.replace("|", "\\|") + new StringBuilder(fence).reverse();
    }
}
