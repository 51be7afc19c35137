namespace Rekey.Cli.Commands;

/// <summary>The output format of <c>rekey sweep</c>.</summary>
internal enum SweepFormat
{
    Table,
    Json,
    Ndjson,
    Sarif,
    Ocsf,
}
