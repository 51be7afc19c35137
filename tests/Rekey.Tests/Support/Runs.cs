using System.Globalization;

namespace Rekey.Tests.Support;

/// <summary>How many cases a costly property plays: few in a normal run, and more when <c>REKEY_PROPERTY_FACTOR</c> says so.</summary>
internal static class Runs
{
    private static readonly int Factor = Environment.GetEnvironmentVariable("REKEY_PROPERTY_FACTOR") is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture)
        : 1;

    public static int Of(int normally) => normally * Factor;
}
