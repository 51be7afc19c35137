namespace Rekey.Infra.Tests.Templates;

/// <summary>A text in a file that is replaced by another, and what must come of it.</summary>
internal sealed record TemplateChange(string File, string From, string To, string Because);
