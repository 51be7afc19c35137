using System.Security.Claims;
using Microsoft.Extensions.Time.Testing;
using Rekey.Functions.Security;

namespace Rekey.Functions.Tests.Security;

/// <summary>A caller is remembered by the whole token, until it expires, and for five minutes at most.</summary>
public sealed class VerifiedCallersTests
{
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly ClaimsPrincipal _caller = new(new ClaimsIdentity("test"));

    [Theory]
    [InlineData(2, 2)]
    [InlineData(60, 5)]
    public void It_ends_with_the_token_or_after_five_minutes(int expiresAfter, int remembered)
    {
        var callers = new VerifiedCallers(_clock);
        callers.Add("a.b.c", _caller, _clock.GetUtcNow().AddMinutes(expiresAfter));
        _clock.Advance(TimeSpan.FromMinutes(remembered) - TimeSpan.FromTicks(1));
        Assert.Same(_caller, callers.Find("a.b.c"));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(callers.Find("a.b.c"));
    }

    [Fact]
    public void Verified_again_it_is_remembered_again()
    {
        var callers = new VerifiedCallers(_clock);
        callers.Add("a.b.c", _caller, _clock.GetUtcNow().AddHours(1));
        _clock.Advance(TimeSpan.FromMinutes(5));
        callers.Add("a.b.c", _caller, _clock.GetUtcNow().AddMinutes(1));
        Assert.Same(_caller, callers.Find("a.b.c"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(callers.Find("a.b.c"));
    }

    [Fact]
    public void Another_signature_is_another_token()
    {
        var callers = new VerifiedCallers(_clock);
        callers.Add("a.b.c", _caller, _clock.GetUtcNow().AddHours(1));
        Assert.Null(callers.Find("a.b.d"));
        Assert.Null(callers.Find("a.b.c "));
    }
}
