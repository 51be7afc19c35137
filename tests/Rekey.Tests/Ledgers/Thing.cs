using Rekey.Ledgers.Records;

namespace Rekey.Tests.Ledgers;

/// <summary>A record of these tests. Its text says whether it is over.</summary>
public sealed record Thing(string Row) : IEnding
{
    public static int SchemaVersion => 1;

    public string? Text { get; init; }

    public IReadOnlyList<int> Numbers { get; init; } = [];

    public DateTimeOffset? At { get; init; }

    public string Partition => "things";

    public bool IsOver => Text == "over";

    public override string ToString() => $"{Row} {Text ?? "none"} [{string.Join(',', Numbers)}] {At:O}";
}
