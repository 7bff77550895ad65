/** What is made of reports: a page, a merged report, JUnit's form, metrics, notifications. Pure but for the sending. */
@NullMarked
package io.synctools.examples.report;

import org.jspecify.annotations.NullMarked;
