using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Ledgers;

namespace Rekey.Functions.Wire;

/// <summary>Keeps an input that goes no further, without the secrets in it, and puts that on record.</summary>
public sealed class KeepDeadLetter(IDeadLetters deadLetters, ILedger ledger, TimeProvider clock, ILogger<KeepDeadLetter> log)
{
    private const int MaxKept = 16 * 1024;

    /// <summary>The letter's id.</summary>
    /// <exception cref="RetryLaterException">Storage is away: what was done already is done once when it is tried again.</exception>
    /// <exception cref="CannotContinueException">The container of dead letters refuses us.</exception>
    public async Task<string> KeepAsync(string function, string reason, string detail, JsonElement value, CancellationToken cancel)
    {
        var raw = value.ValueKind is JsonValueKind.Undefined ? "" : value.GetRawText();
        var letter = new DeadLetter(function, reason, detail, Redaction.Clean(value, MaxKept),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw))), clock.GetUtcNow());
        var id = await deadLetters.KeepAsync(letter, cancel);
        try
        {
            await ledger.AppendAsync(new($"input-dead-lettered/{id}", LedgerKinds.InputDeadLettered, function,
                new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["reason"] = reason,
                ["bodySha256"] = letter.BodySha256,
                ["letter"] = id,
            }), cancel);
        }
        catch (CannotContinueException e)
        {
            // It is kept: an input that came again and again would not mend the ledger, and would be lost in the end.
            log.LogCritical("A dead letter is kept and not on record: {Message} {Remedy} Dead letter: {Id}", e.Message, e.Remedy, id);
        }

        log.LogError("{Function} took an input that goes no further. Reason: {Reason}. Dead letter: {Id}. {Detail}", function, reason, id,
            detail);
        return id;
    }
}
