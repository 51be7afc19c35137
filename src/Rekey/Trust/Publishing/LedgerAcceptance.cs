using System.Globalization;
using Rekey.Ledgers;

namespace Rekey.Trust.Publishing;

/// <summary>The subject of a decision to accept the ledger.</summary>
/// <param name="Ledger">The line with which the ledger is accepted.</param>
/// <param name="Document">SHA-256 of the published document that contradicts it.</param>
internal sealed record LedgerAcceptance(LedgerMark Ledger, string Document)
{
    public static LedgerAcceptance Parse(string about)
    {
        var parts = about.Split('/');
        return new(new(long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]), parts[3]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ledger/{Ledger.Count}/{Ledger.Hash}/{Document}");
}
