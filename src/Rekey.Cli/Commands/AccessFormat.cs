namespace Rekey.Cli.Commands;

/// <summary>How the access table is written.</summary>
internal enum AccessFormat
{
    Table,
    Json,
    Sarif,
}
