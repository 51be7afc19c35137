using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>
/// Looks at the governed keys: versions that were there before Rekey came are put to an approver once, as a baseline; afterwards a version
/// that Rekey did not make is a finding and is not trusted.
/// </summary>
public sealed class MeetVaults(IKeyVault vault, TrustLedger trustLedger, IRecords<Rotation> rotations, Estate estate, AskForDecision decisions, ILedger ledger, IFindings findings, TimeProvider clock)
{
    /// <summary>An answer is saved before it is put on record; whoever gave it repeats it when the process died in between.</summary>
    private static readonly TimeSpan Recording = TimeSpan.FromMinutes(5);

    public async Task RunAsync(CancellationToken cancel)
    {
        var history = await trustLedger.ReadAsync(cancel);

        // 1. Keys met for the first time: one question a vault.
        foreach (var unmet in estate.Keys.Where(k => !history.HasBaseline(k.Key.Id)).GroupBy(k => k.Key.VaultUri.Authority, StringComparer.OrdinalIgnoreCase))
        {
            await MeetAsync(unmet.Key, [.. unmet.Select(k => k.Key)], cancel);
        }

        // 2. Keys known: does anything stand there that should not?
        foreach (var known in estate.Keys.Where(k => history.HasBaseline(k.Key.Id)))
        {
            await LookAsync(known.Key, history, cancel);
        }
    }

    private async Task MeetAsync(string vaultName, IReadOnlyList<SigningKey> keys, CancellationToken cancel)
    {
        var found = new List<(SigningKey Key, KeyVersion Version)>();
        foreach (var key in keys)
        {
            found.AddRange((await EnabledAsync(key, cancel)).Select(v => (key, v)));
        }

        var plan = string.Join('\n', found.Select(f => $"{f.Key.Id} {f.Version.Version} {f.Version.PublicKey.Thumbprint}").Order(StringComparer.Ordinal));
        var statement = $"Rekey meets vault {vaultName}. On yes these versions are trusted and published, and none besides that Rekey does not make itself: {plan.ReplaceLineEndings("; ")}. On no nothing of this vault is published.";
        if (await AskUntilAnsweredAsync(vaultName, statement, plan, cancel) is not { State: DecisionState.Approved } decision)
        {
            return;
        }

        foreach (var (key, version) in found)
        {
            await trustLedger.TrustAsync(key, version.Version, version.PublicKey.Thumbprint, version.Created, $"baseline/{decision.Id}/{key.Id}/{version.Version}", cancel);
        }

        foreach (var key in keys)
        {
            await trustLedger.TakeBaselineAsync(key, decision.Id, cancel);
        }
    }

    /// <summary>This answer adds keys to what is trusted, so a row alone does not give it: the ledger must say so too.</summary>
    private ValueTask<bool> IsOnRecordAsync(Decision decision, CancellationToken cancel) => ledger.ReadAsync(after: 0, cancel).AnyAsync(l =>
        l.Entry is { Kind: LedgerKinds.DecisionAnswered, Facts: var facts } && facts["decision"] == decision.Id && facts["answer"] == nameof(DecisionState.Approved) && facts["planHash"] == decision.PlanHash, cancel);

    /// <summary>An unanswered question is asked again: without a baseline nothing can be published. So is one that only a row calls approved.</summary>
    /// <returns>Null while an answer is being put on record.</returns>
    private async Task<Decision?> AskUntilAnsweredAsync(string vaultName, string statement, string plan, CancellationToken cancel)
    {
        for (var round = plan; ;)
        {
            var decision = await decisions.AskAsync(DecisionKinds.Baseline, vaultName, statement, round, [], OnExpiry.Lapse, cancel);
            var now = clock.GetUtcNow();
            var state = decision.StateAt(now);
            if (state is DecisionState.Approved && !await IsOnRecordAsync(decision, cancel))
            {
                if (decision.AnsweredAt <= now && now - decision.AnsweredAt < Recording)
                {
                    return null;
                }

                await findings.RaiseAsync(RotationFindings.ApprovalNotOnRecord(decision, now), cancel);
            }
            else if (state is not DecisionState.Lapsed)
            {
                return decision;
            }

            round = $"{plan}\nafter {decision.Id}";
        }
    }

    private async Task<IReadOnlyList<KeyVersion>> EnabledAsync(SigningKey key, CancellationToken cancel)
    {
        var enabled = new List<KeyVersion>();
        foreach (var item in await vault.GetPropertiesOfKeyVersionsAsync(key, cancel))
        {
            if (item.Enabled)
            {
                var version = await vault.GetKeyAsync(key, item.Version, cancel);
                enabled.Add(version);
                if (version.Managed)
                {
                    await findings.RaiseAsync(RotationFindings.ManagedByCertificate(key, clock.GetUtcNow()), cancel);
                }
            }
        }

        return enabled;
    }

    private async Task LookAsync(SigningKey key, TrustHistory history, CancellationToken cancel)
    {
        // While a rotation runs, what it makes is not yet on record; it sweeps up behind itself.
        if ((await rotations.FindAsync(Rotation.Live, key.Row, cancel))?.Value.IsRunning == true)
        {
            return;
        }

        foreach (var item in (await vault.GetPropertiesOfKeyVersionsAsync(key, cancel)).Where(v => v.Enabled))
        {
            var known = history.Find(key.Id, item.Version);
            if (known is null)
            {
                await findings.RaiseAsync(RotationFindings.UnknownVersion(key, item, disabled: false, clock.GetUtcNow()), cancel);
            }
            else if (history.IsBarred(known.Thumbprint) && (await vault.GetKeyAsync(key, item.Version, cancel)).CanSign)
            {
                await findings.RaiseAsync(RotationFindings.EndedVersionSigns(key, item.Version, clock.GetUtcNow()), cancel);
            }
        }
    }
}
