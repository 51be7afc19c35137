using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Messaging;

namespace Rekey.Functions.Wire.DeadLetters;

/// <summary>
/// Keeps the known members of a refused input as a dead letter, and records it in the ledger. In a flood the first dead letters have a
/// line each, one line an hour counts the rest, and beyond a limit they are not kept (T26).
/// </summary>
public sealed class KeepDeadLetter(
    IDeadLetters deadLetters,
    ILedger ledger,
    DeadLetterLedger onRecord,
    IFindings findings,
    TimeProvider timeProvider,
    ILogger<KeepDeadLetter> log
)
{
    /// <summary>How many dead letters of one function and reason have their own line in an hour.</summary>
    public const int MaxLines = 20;

    /// <summary>How many dead letters of one function and reason an instance keeps in an hour.</summary>
    public const int MaxLetters = 1000;

    private readonly string _instance = Guid.NewGuid().ToString("N")[..12];
    private readonly ConcurrentDictionary<(string Function, string Reason, long Hour), int> _came = [];
    private readonly ConcurrentDictionary<(string Function, string Reason, long Hour), int> _withoutLine = [];

    /// <summary>Keeps the input and gives its id; null when it was only counted.</summary>
    /// <exception cref="RetryLaterException">Storage is unavailable. A retry does not repeat what was done.</exception>
    /// <exception cref="CannotContinueException">The container of dead letters refuses the app.</exception>
    public async Task<string?> KeepAsync(
        string function,
        string reason,
        string detail,
        JsonElement value,
        CancellationToken cancellationToken
    )
    {
        // 1. Check for a flood.
        var now = timeProvider.GetUtcNow();
        var of = (function, reason, Hour: DeadLetterLedger.HourOf(now));
        if (_came.AddOrUpdate(of, 1, (_, came) => came + 1) > MaxLetters)
        {
            _withoutLine.AddOrUpdate(of, 1, (_, count) => count + 1);
            return null;
        }

        // 2. Keep the dead letter.
        var raw = value.ValueKind is JsonValueKind.Undefined ? "" : value.GetRawText();
        var body = Redaction.Body(function, value);
        detail = Redaction.Words(detail, value, body);
        var letter = new DeadLetter(
            function,
            reason,
            detail,
            body,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw))),
            now
        );
        var id = await deadLetters.KeepAsync(letter, cancellationToken);

        // 3. Record it.
        try
        {
            if (await onRecord.CountAsync(function, reason, of.Hour, cancellationToken) < MaxLines)
            {
                await ledger.AppendAsync(
                    new(
                        $"input-dead-lettered/{id}",
                        LedgerKinds.InputDeadLettered,
                        function,
                        new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            ["reason"] = reason,
                            ["bodySha256"] = letter.BodySha256,
                            ["letter"] = id,
                        }
                    ),
                    cancellationToken
                );
            }
            else
            {
                _withoutLine.AddOrUpdate(of, 1, (_, count) => count + 1);
                await findings.RaiseAsync(Flood(function, reason, now), cancellationToken);
            }
        }
        catch (CannotContinueException e)
        {
            // The letter is kept. Retries of the input would not repair the ledger, and the input would be lost in the end.
            log.LogCritical(
                "A dead letter is kept, but the ledger does not have it: {Message} {Remedy} Dead letter: {Id}",
                e.Message,
                e.Remedy,
                id
            );
        }

        log.LogError(
            "{Function} refused an input and kept it as a dead letter. Reason: {Reason}. Dead letter: {Id}. {Detail}",
            function,
            reason,
            id,
            detail
        );
        return id;
    }

    /// <summary>Records the number of dead letters of past hours without their own line.</summary>
    public async Task CountAsync(CancellationToken cancellationToken)
    {
        var hour = DeadLetterLedger.HourOf(timeProvider.GetUtcNow());
        foreach (var (of, count) in _withoutLine.Where(c => c.Key.Hour < hour))
        {
            var begun = new DateTimeOffset(of.Hour * TimeSpan.TicksPerHour, TimeSpan.Zero);
            await ledger.AppendAsync(
                new(
                    $"{LedgerKinds.InputsCounted}/{of.Function}/{of.Reason}/{begun:yyyy-MM-ddTHH}/{_instance}",
                    LedgerKinds.InputsCounted,
                    of.Function,
                    new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["reason"] = of.Reason,
                        ["hour"] = begun.ToString("O"),
                        ["count"] = count.ToString(CultureInfo.InvariantCulture),
                        ["notKept"] = Math.Max(0, _came.GetValueOrDefault(of) - MaxLetters).ToString(CultureInfo.InvariantCulture),
                    }
                ),
                cancellationToken
            );
            _withoutLine.TryRemove(of, out _);
        }

        foreach (var of in _came.Keys.Where(k => k.Hour < hour))
        {
            _came.TryRemove(of, out _);
        }
    }

    private static Finding Flood(string function, string reason, DateTimeOffset now) =>
        new(
            FindingKinds.InputFlood,
            $"{function}/{reason}",
            Severity.High,
            $"{function} refuses more than {MaxLines} inputs an hour ({reason}).",
            $"Find the sender. The dead letters under '{reason}/' hold the first {MaxLetters} of each hour and "
                + "instance; further ones are only counted.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["function"] = function, ["reason"] = reason },
            now,
            now
        )
        {
            // Announced again in each hour of the flood, so that the ledger has its end.
            Milestone = $"{now:yyyy-MM-ddTHH}",
        };
}
