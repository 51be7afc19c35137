namespace Rekey.Cli.Commands;

/// <summary>The output format of commands that write records.</summary>
internal enum RecordFormat
{
    Table,
    Json,
    Ndjson,
}
