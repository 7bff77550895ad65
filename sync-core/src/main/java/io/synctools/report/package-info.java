/** What is made of reports: a page, a merged report, the forms of JUnit and Prometheus, notifications. Pure but for {@link io.synctools.report.WebHook}. */
@NullMarked
package io.synctools.report;

import org.jspecify.annotations.NullMarked;
