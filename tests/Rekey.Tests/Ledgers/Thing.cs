using Rekey.Core.Records;

namespace Rekey.Tests.Ledgers;

/// <summary>A record of these tests.</summary>
public sealed record Thing(string Row) : IRecord
{
    public static int SchemaVersion => 1;

    public string? Text { get; init; }

    public IReadOnlyList<int> Numbers { get; init; } = [];

    public DateTimeOffset? At { get; init; }

    public string Partition => "things";

    public override string ToString() => $"{Row} {Text ?? "none"} [{string.Join(',', Numbers)}] {At:O}";
}
