namespace Rekey.Cli.Commands.Ledgers;

/// <summary>The output format of <c>rekey ledger verify</c>.</summary>
internal enum LedgerFormat
{
    Table,
    Json,
    Ndjson,
}
