namespace TransformerByHand.Course.Checking;

/// <summary>A clause that each lesson keeps or breaks by itself.</summary>
internal abstract class LessonRule : IRule
{
    public IEnumerable<Violation> Check(CheckedCourse course) => course.Lessons.SelectMany(lesson => Check(lesson, course));

    protected abstract IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course);
}
