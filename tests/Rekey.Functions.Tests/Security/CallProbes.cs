using Microsoft.AspNetCore.Authorization;
using Rekey.Functions.Security;

namespace Rekey.Functions.Tests.Security;

/// <summary>Methods as functions have them.</summary>
internal static class CallProbes
{
    public static void SaysNothing() => throw new NotSupportedException();

    [Authorize(Roles = Roles.Reader)]
    public static void ForReaders() => throw new NotSupportedException();

    [AllowAnonymous]
    public static void ForAnybody() => throw new NotSupportedException();
}
