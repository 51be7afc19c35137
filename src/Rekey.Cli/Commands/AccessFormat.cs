namespace Rekey.Cli.Commands;

/// <summary>The output format of <c>rekey access</c>.</summary>
internal enum AccessFormat
{
    Table,
    Json,
    Sarif,
}
