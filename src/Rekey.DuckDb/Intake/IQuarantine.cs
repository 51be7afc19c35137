namespace Rekey.DuckDb.Intake;

/// <summary>Where bad lines are kept, so that somebody can mend them and hand them in again.</summary>
public interface IQuarantine
{
    /// <summary>Keeps what was bad in one version of a file. The same version may come again: it is kept once.</summary>
    void Keep(string file, string version, IEnumerable<BadInput> bad);
}
