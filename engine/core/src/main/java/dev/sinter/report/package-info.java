/** What a person sees while a model trains. Works on plain values; depends on nothing of Sinter. */
package dev.sinter.report;
