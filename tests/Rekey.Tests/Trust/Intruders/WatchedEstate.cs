using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Tests.Detections.Logs;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.VaultAccess;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// What a world's sweeps see: the logs of tokens and the roles on a vault. The logs and the roles are not in the state account; the rows
/// of the sweeps are.
/// </summary>
internal sealed class WatchedEstate
{
    private readonly Company _company;
    private readonly List<RoleAssignment> _taken = [];

    public WatchedEstate(Company company, ResponseMode mode)
    {
        _company = company;
        Tokens = new(company, p => p.Blocklist);
        Access = new(company, new());
        Access.Deploy(mode);
        Declared = [.. Access.Azure.Assignments.Select(a => a.Id)];
        company.DecisionHandlers.Add(p => Tokens.NewSweep(p));
        company.DecisionHandlers.Add(p => Access.NewSweep(p));
    }

    public Watch Tokens { get; }

    public AccessWatch Access { get; }

    /// <summary>Tokens that somebody made with a stolen key, and when a gateway accepted them.</summary>
    public List<(PresentedToken Token, DateTimeOffset At)> Forged { get; } = [];

    /// <summary>Tokens that their issuer made.</summary>
    public List<PresentedToken> Honest { get; } = [];

    /// <summary>Keys of which there was proof that somebody else has them, with the version.</summary>
    public List<(DateTimeOffset At, string Key, string Thumbprint)> Proven { get; } = [];

    /// <summary>Role assignments that are declared, by id.</summary>
    public HashSet<string> Declared { get; }

    /// <summary>Role assignments of persons that nobody declared, by id: only these may be removed.</summary>
    public HashSet<string> Removable { get; } = [];

    /// <summary>The tables that the sweeps write.</summary>
    public IReadOnlyList<IOpenTable> Tables =>
        [Tokens.States.Rows, Tokens.Campaigns.Rows, Tokens.Gaps.Rows, Tokens.Chunks.Rows, Access.Standings.Rows];

    public async Task RunAsync(Process process, Errand errand)
    {
        switch (errand.Kind)
        {
            case ErrandKind.Forge:
                Forge(errand);
                break;
            case ErrandKind.LogIn:
                await LogInAsync(process, errand);
                break;
            case ErrandKind.LetPersonIn:
                Removable.Add(Access.LetIn().Grant.Id);
                break;
            case ErrandKind.LetServiceIn:
                Access.Azure.Assign(Access.Azure.AddIdentity(), Access.Vault.Signer);
                break;
            case ErrandKind.TakeGrant:
                _taken.AddRange(Access.Azure.Assignments.Where(a => a.PrincipalId == Access.Vault.Issuers[0]));
                Access.Azure.Assignments.RemoveAll(_taken.Contains);
                break;
            case ErrandKind.GiveGrantBack:
                Access.Azure.Assignments.AddRange(_taken);
                _taken.Clear();
                break;
        }
    }

    /// <summary>Whether a sweep has raised the token, under any verdict.</summary>
    public bool IsRaised(PresentedToken token) =>
        Tokens.AllChunks.SelectMany(c => c.Tokens).Any(t => t.Token.Id == token.Id && t.Standing is TokenStanding.Raised);

    /// <summary>Whether a sweep says that the token was forged.</summary>
    public bool IsCalledForged(PresentedToken token) =>
        Tokens.Raised(Verdict.Unissued).Concat(Tokens.Raised(Verdict.Altered)).Contains(token.Id);

    /// <summary>Which declared role assignments are gone though nobody but Rekey could have removed them.</summary>
    public IEnumerable<string> Lost => Declared.Except(Access.Azure.Assignments.Concat(_taken).Select(a => a.Id), StringComparer.Ordinal);

    /// <summary>With the first version of the key: it was the one that could be stolen.</summary>
    private void Forge(Errand errand)
    {
        var bound = _company.GovernedKeys.Keys[errand.Key];
        var thumbprint = _company.Vault.VersionsOf(bound.Key)[0].Public.PublicKey.Thumbprint;
        for (var n = 0; n < errand.Count; n++)
        {
            var token = Tokens.Token(iss: bound.Issuer.Issuer, kid: thumbprint, thumbprint: thumbprint) with
            {
                Jti = $"forged-{errand.Tick}-{errand.Key}-{n}",
            };
            Tokens.Use(token, $"10.0.{errand.Tick}.{n}", TimeSpan.Zero);
            Forged.Add((token, _company.Now));
        }

        if (errand.Count >= Tokens.Options.TokensForRotation)
        {
            Proven.Add((_company.Now, bound.Key.Id, thumbprint));
        }
    }

    private async Task LogInAsync(Process process, Errand errand)
    {
        var bound = _company.GovernedKeys.Keys[errand.Key];
        var trusted = (await process.TrustLedger.ReadAsync(default)).TrustedOf(bound.Key.Id).ToList();
        if (trusted.LastOrDefault(v => v is { CurrentFrom: not null, IssuedUntil: null }) is not { } version)
        {
            return;
        }

        var token = Tokens.Token(iss: bound.Issuer.Issuer, kid: version.Thumbprint, thumbprint: version.Thumbprint) with
        {
            Jti = $"honest-{errand.Tick}-{errand.Key}",
        };
        Tokens.Issue(token);
        Tokens.Use(token, after: TimeSpan.Zero);
        Honest.Add(token);
    }
}
