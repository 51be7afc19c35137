using System.Diagnostics;

namespace Rekey.AspNetCore.Issuer.Tests.Support;

/// <summary>Waits for something that another thread does.</summary>
internal static class WaitUntil
{
    public static async Task HoldsAsync(Func<Task<bool>> holds)
    {
        for (var waited = Stopwatch.StartNew(); !await holds(); await Task.Delay(20))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), "It did not happen within a minute.");
        }
    }
}
