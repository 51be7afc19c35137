namespace Rekey.Cli.Commands;

/// <summary>How a sweep's result is written.</summary>
internal enum SweepFormat
{
    Table,
    Json,
    Sarif,
    Ocsf,
}
