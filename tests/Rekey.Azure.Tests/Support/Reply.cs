namespace Rekey.Azure.Tests.Support;

/// <summary>What a stub answers.</summary>
internal sealed record Reply(int Status, string Body = "")
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>Breaks the connection instead of answering.</summary>
    public static Reply Drop { get; } = new(0);

    /// <summary>Ends the connection in good order, without an answer.</summary>
    public static Reply HangUp { get; } = new(-1);

    /// <summary>Takes the request and never answers.</summary>
    public static Reply Silence { get; } = new(-2);

    /// <summary>Takes the request, and answers without an end.</summary>
    public static Reply Endless { get; } = new(-3);

    public static Reply Error(int status, string code, string? inner = null) =>
        new(
            status,
            $$"""{"error":{"code":"{{code}}","message":"m"{{(inner is null ? "" : $$""","innererror":{"code":"{{inner}}"}""")}} } }"""
        );
}
